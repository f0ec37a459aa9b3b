import type { Ending, Exchange } from './exchange.ts'

/**
 * The status that logs and metrics give a request: the response's, or 500 if it never began or broke off, on whichever side, as a
 * handler that aborts counts in Go.
 */
export function observedStatus(exchange: Pick<Exchange, 'status'>, ending: Ending): number {
  return exchange.status === 0 || brokeOff(ending) ? 500 : exchange.status
}

/** Whether the response did not reach the client whole. */
export function brokeOff(ending: Ending): boolean {
  return ending === 'aborted' || ending === 'client-gone'
}
