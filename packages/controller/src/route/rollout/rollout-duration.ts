import { firstAnnotation, parseDurationMs, type Route, rolloutDurationAnnotationKeys } from '@knative-ts/apis'

/**
 * Time over which a Route moves traffic to a new revision, whole seconds: its annotation, else the
 * configured default. Admission refuses annotations that are no durations; such a one counts as none.
 */
export function rolloutDurationSeconds(route: Route, defaultSeconds: number): number {
  const annotation = firstAnnotation(route.metadata.annotations, rolloutDurationAnnotationKeys)?.value
  const seconds = annotation ? secondsOf(annotation) : 0
  return seconds > 0 ? seconds : defaultSeconds
}

function secondsOf(duration: string): number {
  try {
    return Math.trunc(parseDurationMs(duration) / 1000)
  } catch {
    return 0
  }
}
