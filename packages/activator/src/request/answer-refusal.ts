import { answerError, type Exchange } from '@knative-ts/http-proxy'
import type { StartFailure } from '../revisions/start-failure.ts'
import type { Refusal } from '../throttle/wait-queue.ts'

/** What upstream's breaker says. */
const queueFullText = 'pending request queue full'
const queueFullHeaders = [
  'Content-Type',
  'text/plain; charset=utf-8',
  'X-Content-Type-Options',
  'nosniff',
  'Retry-After',
  '1',
]

/**
 * Answers a request that won't get a pod. The reason of a failed start is named, its message is not: it may
 * quote what the container wrote last, which is not for the revision's clients.
 * @param failure why pods can't start, if that is the refusal
 */
export function answerRefusal(exchange: Exchange, refusal: Refusal, failure: StartFailure | undefined): void {
  switch (refusal) {
    case 'queue-full':
      exchange.answer(503, queueFullHeaders, `${queueFullText}\n`)
      return
    case 'cannot-start':
      answerError(
        exchange,
        503,
        `revision cannot start: ${failure?.reason || failure?.condition || 'unknown reason'}`,
      )
      return
    case 'revision-gone':
      exchange.answer(500, [])
  }
}
