import type { Clock } from '@knative-ts/clock'
import { answerError, type Exchange } from '@knative-ts/http-proxy'
import type { Drainer } from './drainer.ts'
import { pathOf } from './path-of.ts'

/** How long the kubelet may take between asking the user container to stop and us, milliseconds. */
const terminationMs = 1_000

/**
 * Answers the user container's preStop hook, `/wait-for-drain`: starts draining and answers 200 when that is over, so the container
 * is stopped only after its traffic has moved. If our own termination doesn't follow at once, only the container is being
 * restarted, and draining is called off.
 */
export function adminEndpoint(
  drainer: Drainer,
  clock: Clock,
  terminating: AbortSignal,
): (exchange: Exchange) => void {
  return (exchange) => {
    if (pathOf(exchange.target) !== '/wait-for-drain') {
      answerError(exchange, 404, '404 page not found')
      return
    }
    const timer = clock.after(terminationMs, () => {
      if (!terminating.aborted) drainer.reset()
    })
    drainer.drain().then(() => {
      timer.cancel()
      exchange.answer(200, [])
    })
  }
}
