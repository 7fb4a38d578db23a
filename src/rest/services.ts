/** What hooks, actions and the like are lent. */

/** What hooks and actions may use beyond the database; the app's plugins add to it by declaration merging. */
// biome-ignore lint/suspicious/noEmptyInterface: filled in by declaration merging
export interface Services {}
