import type { Condition, StatusBase } from '@knative-ts/apis'

/** Conditions as `Status Reason message` by type, for comparing them at a glance. */
export function conditionTexts(status: StatusBase | undefined): Record<string, string> {
  return Object.fromEntries(
    (status?.conditions ?? []).map(({ type, status, reason, message }) => [
      type,
      [status, reason, message].filter(Boolean).join(' '),
    ]),
  )
}

/** A condition that was written some time ago. */
export function condition(type: string, status: Condition['status'], reason?: string, message?: string) {
  return {
    type,
    status,
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
    lastTransitionTime: '2025-12-31T00:00:00Z',
  } satisfies Condition
}
