import {
  coldStartHeaderName,
  deployments,
  pods,
  queueContainerName,
  services,
  type V1Deployment,
  type V1Pod,
} from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { MeasurementError } from './errors.ts'
import { freshRequest } from './fresh-request.ts'
import { Observer } from './observer.ts'
import { percentile } from './percentile.ts'
import { PlainDeployment } from './plain-deployment.ts'
import type { PodLogs } from './pod-log.ts'
import { type ColdStartStep, coldStartSteps } from './rows.ts'
import type { Surroundings } from './surroundings.ts'
import { createReady, inNamespace, tinyService } from './tiny-service.ts'

/** To zero as soon as it may. */
const shortLived = {
  'autoscaling.knative.dev/window': '6s',
  'autoscaling.knative.dev/scale-to-zero-pod-retention-period': '0s',
}
const patienceMs = 240_000
/** Between the end of the last pod and the next start. */
const restMs = 2_000

interface ColdStart {
  readonly totalMs: number
  /** What is known of it, each from the end of the step before. */
  readonly steps: Partial<Record<ColdStartStep, number>>
}

/** Starts a Service from zero and a plain Deployment from none, in turns, with nothing else running. */
export async function measureColdStart(surroundings: Surroundings, logs: PodLogs): Promise<void> {
  const { client, options, say, keep, keepSamples } = surroundings
  await inNamespace(client, 'perf-cold-start', async (namespace, observed) => {
    const plain = await PlainDeployment.create(client, namespace, options.image)
    await createReady(client, observed, [tinyService(namespace, 'cold', options.image, shortLived)])
    const starts: ColdStart[] = []
    const plainMs: number[] = []
    const seen = {
      deployments: await Observer.start(client, deployments, namespace),
      pods: await Observer.start(client, pods, namespace),
    }
    try {
      const { status } = await client.get(services, namespace, 'cold')
      const host = new URL(status?.url ?? '').hostname
      for (let round = 0; round < options.rounds; round++) {
        await seen.pods.until('no pod is left', ({ size }) => size === 0, patienceMs)
        await systemClock.sleep(restMs)
        const start = await coldStart(surroundings, namespace, host, seen, logs)
        const plainStartMs = await plain.start(seen.pods)
        starts.push(start)
        if (plainStartMs !== undefined) plainMs.push(plainStartMs)
        say(
          `from zero ${Math.round(start.totalMs)} ms, plain Deployment ${Math.round(plainStartMs ?? Number.NaN)} ms`,
        )
      }
    } finally {
      for (const observer of Object.values(seen)) observer.stop()
    }
    const totalsMs = starts.map(({ totalMs }) => totalMs)
    for (const [id, values] of [
      ['cold', totalsMs],
      ['plain', plainMs],
    ] as const) {
      keepSamples(id, values)
      keep(`${id}.p50`, percentile(values, 0.5))
      keep(`${id}.p95`, percentile(values, 0.95))
    }
    for (const step of Object.keys(coldStartSteps) as ColdStartStep[]) {
      const values = starts.flatMap(({ steps }) => steps[step] ?? [])
      keepSamples(`cold.${step}`, values)
      keep(`cold.${step}`, percentile(values, 0.5))
    }
  })
}

interface Seen {
  readonly deployments: Observer<V1Deployment>
  readonly pods: Observer<V1Pod>
}

async function coldStart(
  { client, gateway }: Surroundings,
  namespace: string,
  host: string,
  seen: Seen,
  logs: PodLogs,
): Promise<ColdStart> {
  const startMs = systemClock.monotonic()
  const startedAtMs = systemClock.now()
  const scaled = seen.deployments.until(
    'the Deployment is scaled',
    (all) =>
      [...all.values()].some(
        ({ metadata, spec }) => metadata.name?.startsWith('cold-') && spec?.replicas === 1,
      ),
    patienceMs,
  )
  const created = seen.pods.until('a pod is created', ({ size }) => size > 0, patienceMs)
  const { status, headers } = await freshRequest(`${gateway}/`, host, patienceMs)
  const totalMs = systemClock.monotonic() - startMs
  if (status !== 200) throw new MeasurementError('LOAD_FAILED', `${host} answered ${status} from zero`)

  // The answer can be here before the kubelet has told that the pod runs, and logs are served only then.
  await seen.pods.until(
    'the pod is known to run',
    (all) => [...all.values()].some(({ status }) => status?.phase === 'Running'),
    patienceMs,
  )
  const [pod] = (await client.list(pods, { namespace })).items
  const name = pod?.metadata.name ?? ''
  const program = pod?.spec?.containers.find((container) => container.name !== queueContainerName)
  const first = async (container: string, text: string) => {
    const atMs = await logs.firstLineMs(namespace, name, container, text)
    return atMs === undefined ? undefined : atMs - startedAtMs
  }
  const waitedMs = Number(headers[coldStartHeaderName])
  const marks: Record<ColdStartStep, number | undefined> = {
    scaled: (await scaled) - startMs,
    created: (await created) - startMs,
    listening: await first(program?.name ?? '', 'listening'),
    proxied: await first(queueContainerName, 'is listening'),
    passed: Number.isNaN(waitedMs) ? undefined : waitedMs,
    answered: totalMs,
  }
  return { totalMs, steps: stepsOf(marks) }
}

/** Durations from points in time; what is next to a point that is not known, is not known either. */
export function stepsOf(marks: Readonly<Record<ColdStartStep, number | undefined>>): ColdStart['steps'] {
  const { scaled, created, listening, proxied, passed } = marks
  const bothMs = listening === undefined || proxied === undefined ? undefined : Math.max(listening, proxied)
  const begins: Record<ColdStartStep, number | undefined> = {
    scaled: 0,
    created: scaled,
    listening: created,
    proxied: created,
    passed: bothMs,
    answered: passed,
  }
  const steps: Partial<Record<ColdStartStep, number>> = {}
  for (const step of Object.keys(coldStartSteps) as ColdStartStep[]) {
    const [begin, end] = [begins[step], marks[step]]
    if (begin !== undefined && end !== undefined) steps[step] = end - begin
  }
  return steps
}
