import { revisionHeaderName, revisionHeaderNamespace } from '@knative-ts/apis'
import type { Plan } from './plan.ts'

/** Path and query that ask the user container for what the plan wants. */
export function targetOf({ delayMs, downloadBytes, downloadGapMs }: Plan): string {
  return `/?delay=${delayMs}&bytes=${downloadBytes}&gap=${downloadGapMs}`
}

/** What the gateway adds for the activator. */
export function requestHeaders({ revision }: Plan): Record<string, string> {
  return { [revisionHeaderName]: revision, [revisionHeaderNamespace]: 'default' }
}
