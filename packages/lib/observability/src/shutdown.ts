/** Text of a failing probe once termination has begun. */
export const terminatingText = 'received SIGTERM from kubelet'

/**
 * Signal that aborts on the first SIGTERM or SIGINT; a second one exits with code 1 at once.
 */
export function onTermination(exit: (code: number) => void = (code) => process.exit(code)): AbortSignal {
  const controller = new AbortController()
  const handle = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) exit(1)
    else controller.abort(new Error(`received ${signal}`))
  }
  process.on('SIGTERM', handle)
  process.on('SIGINT', handle)
  return controller.signal
}
