import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { badRequest, methodNotAllowed, serviceUnavailable, tooManyRequests } from '../errors.ts'
import { asArray, asRecord, type KubeObject, valueAt } from '../meta/kube-object.ts'
import type { ObjectLister } from '../resources/object-lister.ts'
import type { ObjectRemover } from '../resources/object-remover.ts'
import { labelSelectorOf } from '../selectors/label-selector.ts'
import type { Store } from '../storage/store.ts'
import { parseBody } from './parse-body.ts'
import { deleteOptionsOf, writeOptionsOf } from './request-options.ts'
import type { SubresourceHandler } from './resource-handler.ts'

/** Which lines of a container's output are wanted. */
export interface LogOptions {
  readonly container: string
  readonly follow: boolean
  /** Of the container's run before the current one. */
  readonly previous: boolean
  readonly timestamps: boolean
  readonly tailLines: number | undefined
  readonly sinceMs: number | undefined
  readonly limitBytes: number | undefined
}

/** Opens a container's output. A followed one ends when the container does, or when it is destroyed. */
export type LogSource = (namespace: string, pod: string, options: LogOptions) => Readable | Promise<Readable>

/** `GET pods/<name>/log`. */
export function podLogHandler(
  lister: ObjectLister,
  logs: LogSource | undefined,
  now: () => number,
): SubresourceHandler {
  return async (exchange, kind, { namespace, name }) => {
    if (exchange.method !== 'GET') throw methodNotAllowed('logs can only be read')
    const pod = lister.get(kind, namespace, name)
    const { query } = exchange
    const flag = (key: string) => ['true', '1'].includes(query.get(key) ?? '')
    const whole = (key: string): number | undefined => {
      const value = query.get(key)
      if (value === null || value === '') return undefined
      if (!/^\d+$/.test(value))
        throw badRequest(`${key} must be a non-negative integer, got ${JSON.stringify(value)}`)
      return Number(value)
    }
    const sinceSeconds = whole('sinceSeconds')
    const sinceTime = query.get('sinceTime')
    const options: LogOptions = {
      container: chooseContainer(pod, query.get('container')),
      follow: flag('follow'),
      previous: flag('previous'),
      timestamps: flag('timestamps'),
      tailLines: whole('tailLines'),
      sinceMs:
        sinceSeconds === undefined
          ? sinceTime
            ? Date.parse(sinceTime)
            : undefined
          : now() - sinceSeconds * 1000,
      limitBytes: whole('limitBytes'),
    }
    if (!logs) throw serviceUnavailable('no kubelet serves logs here')
    const output = await logs(namespace, name, options)
    exchange.startStream('text/plain')
    // A client that stops following is no failure.
    await pipeline(output, exchange.response).catch(() => output.destroy())
  }
}

/** The container asked for, or the only one, or the annotated default. Throws 400. */
function chooseContainer(pod: KubeObject, wanted: string | null): string {
  const names = (member: string) =>
    asArray(valueAt(pod, ['spec', member])).map((container) => String(asRecord(container)['name']))
  const all = [...names('containers'), ...names('initContainers')]
  if (wanted) {
    if (!all.includes(wanted))
      throw badRequest(`container ${wanted} is not valid for pod ${pod.metadata.name}`)
    return wanted
  }
  const preferred = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
  if (preferred && all.includes(preferred)) return preferred
  const main = names('containers')
  if (main.length === 1) return main[0]!
  throw badRequest(
    `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${main.join(' ')}]`,
  )
}

/** `POST pods/<name>/eviction`: deletes the pod unless a disruption budget forbids it now. */
export function evictionHandler(store: Store, remover: ObjectRemover): SubresourceHandler {
  return async (exchange, kind, { namespace, name }) => {
    if (exchange.method !== 'POST') throw methodNotAllowed('an eviction can only be created')
    const body = asRecord(await parseBody(await exchange.body(), exchange.header('content-type')))
    const { dryRun, ...options } = deleteOptionsOf(body['deleteOptions'], exchange.query)
    const write = writeOptionsOf(exchange)
    const pod = store.get(kind.storageKey, namespace, name)
    const budget =
      pod && store.list('policy/poddisruptionbudgets', namespace).find((candidate) => covers(candidate, pod))
    if (budget && Number(valueAt(budget, ['status', 'disruptionsAllowed']) ?? 0) < 1) {
      throw tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", {
        causes: [
          {
            reason: 'DisruptionBudget',
            message: `The disruption budget ${budget.metadata.name} does not allow evictions now`,
          },
        ],
        retryAfterSeconds: 10,
      })
    }
    await remover.delete(kind, namespace, name, options, { ...write, dryRun: write.dryRun || dryRun })
    exchange.json(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
  }
}

function covers(budget: KubeObject, pod: KubeObject): boolean {
  const selector = valueAt(budget, ['spec', 'selector'])
  return selector !== undefined && labelSelectorOf(selector)(pod.metadata.labels)
}
