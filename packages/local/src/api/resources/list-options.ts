import { badRequest } from '../errors.ts'
import type { KubeObject } from '../meta/kube-object.ts'
import { type FieldSelector, parseFieldSelector } from '../selectors/field-selector.ts'
import { type LabelPredicate, parseLabelSelector } from '../selectors/label-selector.ts'
import type { ResourceKind } from './resource-kind.ts'

/** Query parameters of lists and watches. */
export interface ListOptions {
  readonly labels: LabelPredicate | undefined
  readonly fields: FieldSelector | undefined
  readonly limit: number
  readonly continueToken: string | undefined
  readonly resourceVersion: string
  readonly resourceVersionMatch: string
  readonly allowWatchBookmarks: boolean
  readonly sendInitialEvents: boolean
  readonly timeoutMs: number | undefined
}

/** Reads list options from a query. Throws 400 naming the parameter that is wrong. */
export function parseListOptions(kind: ResourceKind, query: URLSearchParams): ListOptions {
  const text = (name: string) => query.get(name) ?? ''
  const flag = (name: string) => ['', 'true', '1'].includes(query.get(name) ?? 'false')
  const whole = (name: string): number | undefined => {
    const value = text(name)
    if (value === '') return undefined
    if (!/^\d+$/.test(value))
      throw badRequest(`${name} must be a non-negative integer, got ${JSON.stringify(value)}`)
    return Number(value)
  }
  const resourceVersion = text('resourceVersion')
  if (!/^\d*$/.test(resourceVersion)) {
    throw badRequest(
      `resourceVersion: Invalid value: ${JSON.stringify(resourceVersion)}: must be a number or empty`,
    )
  }
  const seconds = whole('timeoutSeconds')
  return {
    labels: text('labelSelector') ? parseLabelSelector(text('labelSelector')) : undefined,
    fields: text('fieldSelector')
      ? parseFieldSelector(text('fieldSelector'), kind.selectableFields)
      : undefined,
    limit: whole('limit') ?? 0,
    continueToken: text('continue') || undefined,
    resourceVersion,
    resourceVersionMatch: text('resourceVersionMatch'),
    allowWatchBookmarks: flag('allowWatchBookmarks'),
    sendInitialEvents: flag('sendInitialEvents'),
    timeoutMs: seconds === undefined ? undefined : seconds * 1000,
  }
}

/** Whether an object, as its kind shows it, is selected. */
export function isSelected(object: KubeObject, { labels, fields }: ListOptions): boolean {
  return (!labels || labels(object.metadata.labels)) && (!fields || fields.matches(object))
}
