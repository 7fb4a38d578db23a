/** Promises that are known not to be kept yet. Their checks must fail: one that is kept again leaves this list. */

interface Fault {
  readonly path: RegExp
  readonly check: RegExp
  readonly why: string
}

const FAULTS: readonly Fault[] = [
  {
    path: /^users$/,
    check: /^user_api: (may PUT a row back as it reads it|changes first_name)/,
    why: 'domain_id and groups, which stand in other tables, count as changed when sent as they are',
  },
]

export const isKnown = (path: string, check: string): boolean =>
  FAULTS.some((fault) => fault.path.test(path) && fault.check.test(check))
