import type { ProtocolType, Revision, RevisionSpec } from '@knative-ts/apis'
import type { TimeLimits } from '@knative-ts/http-proxy'

/** Limit of a revision whose spec names none; the webhook fills it in, so only foreign objects lack it. */
const defaultTimeoutSeconds = 300

/** Body of a 504. */
export const timeoutText = 'activator request timeout'

/** The protocol in which a revision's containers are spoken to, by the name of the serving container's port. */
export function protocolOf(spec: RevisionSpec): ProtocolType {
  for (const container of spec.containers ?? []) {
    for (const { name } of container.ports ?? []) if (name === 'h2c') return 'h2c'
  }
  return 'http1'
}

/** Time limits on a revision's requests. */
export function timeLimitsOf({ spec }: Revision): TimeLimits {
  return {
    requestMs: (spec.timeoutSeconds ?? defaultTimeoutSeconds) * 1000,
    responseStartMs: (spec.responseStartTimeoutSeconds ?? 0) * 1000,
    idleMs: (spec.idleTimeoutSeconds ?? 0) * 1000,
    text: timeoutText,
  }
}
