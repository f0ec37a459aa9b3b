/** How a request ended, as its client saw it. */
export type Ending =
  | { readonly kind: 'answered' }
  /** The client gave up as it had planned. */
  | { readonly kind: 'aborted' }
  | { readonly kind: 'broken'; readonly why: string }

export const answered: Ending = { kind: 'answered' }
export const aborted: Ending = { kind: 'aborted' }

/** @param why status or error, short */
export function broken(why: string): Ending {
  return { kind: 'broken', why }
}
