/** Addresses of mail, as people type several of them into one field. */

/** The longest that a mail server takes. */
const LONGEST = 254
const ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/

/** What stands between commas, semicolons and spaces, each once. */
export function splitAddresses(text: string | null): string[] {
  return [...new Set((text ?? '').split(/[\s,;]+/).filter(Boolean))]
}

/** Whether this is an address and nothing besides: no name, no comment, no second line. */
export function isAddress(text: string): boolean {
  return text.length <= LONGEST && ADDRESS.test(text)
}

/** The addresses in a text; what is none is left out. */
export function addressesIn(text: string | null): string[] {
  return splitAddresses(text).filter(isAddress)
}
