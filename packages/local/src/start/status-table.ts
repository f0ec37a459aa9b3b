import {
  conditionOf,
  configurationLabelKey,
  type Revision,
  revisionLabelKey,
  type Service,
  type V1Pod,
} from '@knative-ts/apis'
import type { Colors } from './colors.ts'

/** What the live status shows. */
export interface StatusInput {
  services: readonly Service[]
  revisions: readonly Revision[]
  pods: readonly V1Pod[]
  /** Requests in flight by `namespace/revision`. */
  concurrency: ReadonlyMap<string, number>
  gatewayPort: number
}

interface Row {
  name: string
  ready: string
  share: string
  pods: string
  concurrency: string
  note: string
}

/** One line for each Service and below it one for each of its revisions that has pods or traffic. */
export function statusLines(input: StatusInput, colors: Colors): string[] {
  const rows: Row[] = []
  const services = [...input.services].sort((a, b) => nameOf(a).localeCompare(nameOf(b)))
  for (const service of services) {
    const ready = conditionOf(service.status, 'Ready')
    rows.push({
      name: nameOf(service),
      ready: ready?.status ?? 'Unknown',
      share: '',
      pods: '',
      concurrency: '',
      note:
        ready?.status === 'True'
          ? externalUrl(service.status?.url, input.gatewayPort)
          : [ready?.reason, ready?.message].filter(Boolean).join(': '),
    })
    rows.push(...revisionRows(service, input))
  }
  if (rows.length === 0) return [colors.dim('no Services yet; apply one with kubectl')]
  return format(rows, colors)
}

/** The Service's URL with the gateway's port. */
export function externalUrl(url: string | undefined, port: number): string {
  if (!url) return ''
  const parsed = new URL(url)
  parsed.port = String(port)
  return parsed.toString().replace(/\/$/, '')
}

function revisionRows(service: Service, { revisions, pods, concurrency }: StatusInput): Row[] {
  const namespace = service.metadata.namespace ?? ''
  const shares = new Map<string, number>()
  for (const { revisionName = '', percent = 0 } of service.status?.traffic ?? []) {
    shares.set(revisionName, (shares.get(revisionName) ?? 0) + percent)
  }
  return revisions
    .filter(
      (revision) =>
        revision.metadata.namespace === namespace &&
        revision.metadata.labels?.[configurationLabelKey] === service.metadata.name,
    )
    .map((revision): Row & { shown: boolean } => {
      const name = revision.metadata.name ?? ''
      const own = pods.filter(
        (pod) => pod.metadata.namespace === namespace && pod.metadata.labels?.[revisionLabelKey] === name,
      )
      const live = own.filter((pod) => !pod.metadata.deletionTimestamp)
      const readyPods = live.filter((pod) =>
        pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
      )
      const leaving = own.length - live.length
      const share = shares.get(name)
      const condition = conditionOf(revision.status, 'Ready')
      return {
        name: `  ${name}`,
        ready: condition?.status ?? 'Unknown',
        share: share === undefined ? '' : `${share}%`,
        pods: `${readyPods.length}/${live.length}${leaving > 0 ? ` -${leaving}` : ''}`,
        concurrency: String(concurrency.get(`${namespace}/${name}`) ?? 0),
        note: condition?.status === 'False' ? `${condition.reason}: ${condition.message}` : '',
        shown: own.length > 0 || share !== undefined || condition?.status !== 'True',
      }
    })
    .filter((row) => row.shown)
}

function nameOf(object: Service): string {
  return `${object.metadata.namespace}/${object.metadata.name}`
}

function format(rows: readonly Row[], colors: Colors): string[] {
  const header: Row = {
    name: 'SERVICE / REVISION',
    ready: 'READY',
    share: 'TRAFFIC',
    pods: 'PODS',
    concurrency: 'IN FLIGHT',
    note: 'URL / REASON',
  }
  const keys = ['name', 'ready', 'share', 'pods', 'concurrency', 'note'] as const
  const widths = keys.map((key) => Math.max(...[header, ...rows].map((row) => row[key].length)))
  const line = (row: Row, paint: (key: (typeof keys)[number], text: string) => string) =>
    keys
      .map((key, i) => paint(key, row[key].padEnd(key === 'note' ? 0 : widths[i]!)))
      .join('  ')
      .trimEnd()
  const readyColor = (text: string) =>
    text.startsWith('True')
      ? colors.green(text)
      : text.startsWith('False')
        ? colors.red(text)
        : colors.yellow(text)
  return [
    colors.dim(line(header, (_, text) => text)),
    ...rows.map((row) => line(row, (key, text) => (key === 'ready' ? readyColor(text) : text))),
  ]
}
