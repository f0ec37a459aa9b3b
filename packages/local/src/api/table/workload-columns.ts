import { asArray, asRecord, type KubeObject, valueAt } from '../meta/kube-object.ts'
import type { Column } from './column.ts'
import { ageColumn, column, count, field, nameColumn } from './columns.ts'
import { humanDuration } from './human-duration.ts'
import { podStatus } from './pod-status.ts'

const none = '<none>'

/** A selector as a query would write it. */
export function selectorText(selector: unknown): string {
  const { matchLabels, matchExpressions } = asRecord(selector)
  const terms = Object.entries(asRecord(matchLabels)).map(([key, value]) => `${key}=${String(value)}`)
  for (const expression of asArray(matchExpressions).map(asRecord)) {
    const key = String(expression['key'])
    const values = asArray(expression['values']).join(',')
    if (expression['operator'] === 'Exists') terms.push(key)
    else if (expression['operator'] === 'DoesNotExist') terms.push(`!${key}`)
    else terms.push(`${key} ${String(expression['operator']).toLowerCase()} (${values})`)
  }
  return terms.length > 0 ? terms.join(',') : none
}

function containers(object: KubeObject, member: string): string {
  const list = asArray(valueAt(object, ['spec', 'template', 'spec', 'containers']))
  return list.map((container) => String(asRecord(container)[member] ?? '')).join(',')
}

const templateColumns: readonly Column[] = [
  column('Containers', (object) => containers(object, 'name'), true),
  column('Images', (object) => containers(object, 'image'), true),
  column('Selector', (object) => selectorText(valueAt(object, ['spec', 'selector'])), true),
]

export const podColumns: readonly Column[] = [
  nameColumn,
  column('Ready', (pod) => {
    const { ready, total } = podStatus(pod)
    return `${ready}/${total}`
  }),
  column('Status', (pod) => podStatus(pod).reason),
  column('Restarts', (pod, nowMs) => {
    const { restarts, lastRestartMs } = podStatus(pod)
    if (restarts === 0 || lastRestartMs === undefined) return String(restarts)
    return `${restarts} (${humanDuration(nowMs - lastRestartMs)} ago)`
  }),
  ageColumn,
  field('IP', 'status.podIP', true, none),
  field('Node', 'spec.nodeName', true, none),
  field('Nominated Node', 'status.nominatedNodeName', true, none),
  column('Readiness Gates', () => none, true),
]

export const deploymentColumns: readonly Column[] = [
  nameColumn,
  column('Ready', (object) => {
    const ready = valueAt(object, ['status', 'readyReplicas']) ?? 0
    return `${String(ready)}/${String(valueAt(object, ['spec', 'replicas']) ?? 0)}`
  }),
  count('Up-to-date', 'status.updatedReplicas'),
  count('Available', 'status.availableReplicas'),
  ageColumn,
  ...templateColumns,
]

export const replicaSetColumns: readonly Column[] = [
  nameColumn,
  count('Desired', 'spec.replicas'),
  count('Current', 'status.replicas'),
  count('Ready', 'status.readyReplicas'),
  ageColumn,
  ...templateColumns,
]

export const jobColumns: readonly Column[] = [
  nameColumn,
  column('Status', (job) => jobState(job)),
  column('Completions', (job) => {
    const done = Number(valueAt(job, ['status', 'succeeded']) ?? 0)
    return `${done}/${String(valueAt(job, ['spec', 'completions']) ?? 1)}`
  }),
  column('Duration', (job, nowMs) => {
    const start = Date.parse(String(valueAt(job, ['status', 'startTime'])))
    const end = Date.parse(String(valueAt(job, ['status', 'completionTime'])))
    if (Number.isNaN(start)) return ''
    return humanDuration((Number.isNaN(end) ? nowMs : end) - start)
  }),
  ageColumn,
  ...templateColumns,
]

function jobState(job: KubeObject): string {
  const held = asArray(valueAt(job, ['status', 'conditions']))
    .map(asRecord)
    .filter((condition) => condition['status'] === 'True')
    .map((condition) => condition['type'])
  if (held.includes('Complete')) return 'Complete'
  if (held.includes('Failed')) return 'Failed'
  if (job.metadata.deletionTimestamp) return 'Terminating'
  if (held.includes('Suspended')) return 'Suspended'
  if (held.includes('FailureTarget')) return 'FailureTarget'
  return held.includes('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}
