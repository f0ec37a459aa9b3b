import { join } from 'node:path'
import {
  conditionOf,
  configMaps,
  configurations,
  coreServices,
  deployments,
  endpoints,
  ingresses,
  type KubeObject,
  podAutoscalers,
  pods,
  type ResourceType,
  revisions,
  routes,
  type Service,
  serverlessServices,
  services,
  type TrafficTarget,
} from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { apiErrorCode, isNotFound, type KubeClient } from '@knative-ts/kube'
import { LocalError } from '../errors.ts'
import { gatewayPort, type LocalCluster, systemNamespace } from '../start/cluster.ts'
import { externalUrl } from '../start/status-table.ts'
import { badManifests } from './bad-manifests.ts'
import { GatewayClient, quantile, runLoad } from './load.ts'
import { ownStartMs } from './own-start.ts'

/** What a step measured; the text is for people, the rest goes to the JSON file. */
export interface StepFigures {
  text: string
  figures: Record<string, number | string>
}

export interface DemoStep {
  name: string
  title: string
  run(): Promise<StepFigures>
}

const serviceName = 'demo'
const coldServices = 10
const patienceMs = 60_000

function requireThat(holds: boolean, message: string): asserts holds {
  if (!holds) throw new LocalError('DEMO_STEP', message)
}

async function until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  const deadlineMs = systemClock.monotonic() + patienceMs
  for (;;) {
    const found = await probe()
    if (found !== undefined && found !== false) return found
    requireThat(systemClock.monotonic() < deadlineMs, `${what} did not happen within ${patienceMs / 1000} s`)
    await systemClock.sleep(25)
  }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
const since = (startedMs: number) => systemClock.monotonic() - startedMs

/** The story, told on a started cluster. `readyMs` is what the start took. */
export function demoSteps(cluster: LocalCluster, readyMs: number): DemoStep[] {
  const { client, applier } = cluster
  const origin = `http://${cluster.options.address}:${gatewayPort}`
  const getService = () => client.get(services, 'default', serviceName)
  let firstRevision = ''

  const apply = (
    name: string,
    options: { target?: string; annotations?: Record<string, string>; traffic?: TrafficTarget[] },
  ) =>
    applier.apply([
      {
        apiVersion: 'serving.knative.dev/v1',
        kind: 'Service',
        metadata: { name, namespace: 'default' },
        spec: {
          template: {
            metadata: {
              annotations: {
                'autoscaling.knative.dev/target': '10',
                'autoscaling.knative.dev/window': '6s',
                ...options.annotations,
              },
            },
            spec: {
              containers: [
                { image: 'dev.local/hello', env: [{ name: 'TARGET', value: options.target ?? 'World' }] },
              ],
            },
          },
          ...(options.traffic ? { traffic: options.traffic } : {}),
        },
      } as KubeObject,
    ])

  const awaitReady = (name: string) =>
    until(`Service ${name} Ready`, async () => {
      const service = await client.get(services, 'default', name)
      const current = service.status?.observedGeneration === service.metadata.generation
      return current && conditionOf(service.status, 'Ready')?.status === 'True' ? service : undefined
    })

  const urlOf = (service: Service, path = '/') => new URL(path, externalUrl(service.status?.url, gatewayPort))

  const withClient = async <T>(
    connections: number,
    use: (gateway: GatewayClient) => Promise<T>,
  ): Promise<T> => {
    const gateway = new GatewayClient(origin, connections)
    try {
      return await use(gateway)
    } finally {
      await gateway.close()
    }
  }

  const livePods = async (revision: string) =>
    (
      await client.list(pods, {
        namespace: 'default',
        labelSelector: `serving.knative.dev/revision=${revision}`,
      })
    ).items.filter((pod) => !pod.metadata.deletionTimestamp)

  const awaitZero = async (revision: string) => {
    const startedMs = systemClock.monotonic()
    await until(`no pods of ${revision}`, async () => {
      const active = conditionOf((await client.get(revisions, 'default', revision)).status, 'Active')
      const idle = active?.status === 'False' && active.reason === 'NoTraffic'
      return idle && (await livePods(revision)).length === 0
    })
    return since(startedMs)
  }

  return [
    {
      name: 'cluster-ready',
      title: 'cluster ready',
      run: async () => {
        await client.patch(configMaps, systemNamespace, 'config-autoscaler', {
          type: 'merge',
          body: { data: { 'allow-zero-initial-scale': 'true', 'scale-to-zero-grace-period': '4s' } },
        })
        return { text: seconds(readyMs), figures: { ms: Math.round(readyMs) } }
      },
    },
    {
      name: 'service-ready',
      title: 'Service applied and Ready',
      run: async () => {
        const startedMs = systemClock.monotonic()
        await apply(serviceName, {})
        const service = await awaitReady(serviceName)
        firstRevision = service.status?.latestReadyRevisionName ?? ''
        const ms = since(startedMs)
        return { text: seconds(ms), figures: { ms: Math.round(ms), revision: firstRevision } }
      },
    },
    {
      name: 'answered',
      title: 'answered over its URL',
      run: () =>
        withClient(1, async (gateway) => {
          const url = urlOf(await getService())
          const { status, body } = await gateway.get(url)
          requireThat(status === 200 && body.startsWith('Hello World!'), `${url} answered ${status}: ${body}`)
          return { text: `${url} → ${body.trim()}`, figures: { url: url.toString() } }
        }),
    },
    {
      name: 'to-zero',
      title: 'idle to zero pods (Active=False, NoTraffic)',
      run: async () => {
        const ms = await awaitZero(firstRevision)
        return { text: seconds(ms), figures: { ms: Math.round(ms) } }
      },
    },
    {
      name: 'cold-start',
      title: 'answered from zero',
      run: () =>
        withClient(1, async (gateway) => {
          const startedMs = systemClock.monotonic()
          const { status, body } = await gateway.get(urlOf(await getService()))
          const ms = systemClock.monotonic() - startedMs
          requireThat(status === 200, `from zero it answered ${status}: ${body}`)
          return { text: `${Math.round(ms)} ms`, figures: { ms: Math.round(ms) } }
        }),
    },
    {
      name: 'cold-starts',
      title: `answered from zero, ${coldServices} Services one after the other`,
      run: () =>
        withClient(1, async (gateway) => {
          const names = Array.from({ length: coldServices }, (_, i) => `cold-${i}`)
          for (const name of names) {
            await apply(name, { annotations: { 'autoscaling.knative.dev/initial-scale': '0' } })
          }
          const ready: Service[] = []
          for (const name of names) ready.push(await awaitReady(name))
          const times: number[] = []
          for (const service of ready) {
            await systemClock.sleep(300)
            const startedMs = systemClock.monotonic()
            const { status, body } = await gateway.get(urlOf(service))
            times.push(systemClock.monotonic() - startedMs)
            requireThat(status === 200, `${service.metadata.name} answered ${status}: ${body}`)
          }
          for (const name of names) await client.delete(services, 'default', name)
          const own: number[] = []
          const folder = join(cluster.options.root, 'samples/hello')
          for (let i = 0; i < coldServices; i++) own.push(await ownStartMs(systemClock, folder, 'server.js'))
          const p50 = Math.round(quantile(times, 0.5))
          const max = Math.round(Math.max(...times))
          const ownP50 = Math.round(quantile(own, 0.5))
          return {
            text: `p50 ${p50} ms, of which the sample's own start ${ownP50} ms; slowest ${max} ms`,
            figures: { p50Ms: p50, ownStartP50Ms: ownP50, addedMs: p50 - ownP50, maxMs: max },
          }
        }),
    },
    {
      name: 'load',
      title: '100 connections for 20 s against a target of 10',
      run: () =>
        withClient(100, async (gateway) => {
          const url = urlOf(await getService(), '/?sleep=100')
          const endMs = systemClock.monotonic() + 20_000
          let most = 0
          const watching = (async () => {
            while (systemClock.monotonic() < endMs) {
              const ready = (await livePods(firstRevision)).filter(
                (pod) => pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True',
              )
              most = Math.max(most, ready.length)
              await systemClock.sleep(250)
            }
          })()
          const result = await runLoad(gateway, url, 100, () => systemClock.monotonic() >= endMs)
          await watching
          const failed = [...result.failures.values()].reduce((a, b) => a + b, 0)
          requireThat(
            failed === 0,
            `${failed} of ${result.requests} failed: ${[...result.failures.keys()].join('; ')}`,
          )
          requireThat(most >= 8, `only ${most} pods were ready at once; at least 8 were expected`)
          const p50 = Math.round(quantile(result.latenciesMs, 0.5))
          const p99 = Math.round(quantile(result.latenciesMs, 0.99))
          return {
            text: `${most} pods, ${result.requests} requests, 0 failed, p50 ${p50} ms, p99 ${p99} ms`,
            figures: { pods: most, requests: result.requests, failed, p50Ms: p50, p99Ms: p99 },
          }
        }),
    },
    {
      name: 'back-to-zero',
      title: 'back to zero',
      run: async () => {
        const ms = await awaitZero(firstRevision)
        return { text: seconds(ms), figures: { ms: Math.round(ms) } }
      },
    },
    {
      name: 'split',
      title: 'a second revision, traffic 80/20 with a tag',
      run: () =>
        withClient(10, async (gateway) => {
          const second = `${serviceName}-00002`
          await apply(serviceName, {
            target: 'Again',
            traffic: [
              { revisionName: firstRevision, percent: 80 },
              { revisionName: second, percent: 20, tag: 'canary' },
            ],
          })
          const service = await awaitReady(serviceName)
          const result = await runLoad(gateway, urlOf(service), 10, (sent) => sent >= 1000)
          requireThat(result.failures.size === 0, `failed: ${[...result.failures.keys()].join('; ')}`)
          let again = 0
          for (const [body, n] of result.bodies) if (body.includes('Again')) again += n
          const share = (again / result.requests) * 100
          requireThat(
            Math.abs(share - 20) <= 5,
            `the second revision got ${share.toFixed(1)} %, not 20 ± 5 %`,
          )
          const tagged = service.status?.traffic?.find(({ tag }) => tag === 'canary')?.url
          const tagUrl = new URL('/', externalUrl(tagged, gatewayPort))
          const answer = await gateway.get(tagUrl)
          requireThat(
            answer.status === 200 && answer.body.includes('Again'),
            `${tagUrl} answered ${answer.status}: ${answer.body}`,
          )
          return {
            text: `${(100 - share).toFixed(1)} / ${share.toFixed(1)} over ${result.requests} requests, ${tagUrl} answers`,
            figures: { share, requests: result.requests, tagUrl: tagUrl.toString() },
          }
        }),
    },
    {
      name: 'rollback',
      title: 'rollback to the first revision under load',
      run: () =>
        withClient(20, async (gateway) => {
          const url = urlOf(await getService())
          let finished = false
          const load = runLoad(gateway, url, 20, () => finished)
          await systemClock.sleep(500)
          await apply(serviceName, {
            target: 'Again',
            traffic: [{ revisionName: firstRevision, percent: 100 }],
          })
          await awaitReady(serviceName)
          const after = await runLoad(gateway, url, 1, (sent) => sent >= 50)
          finished = true
          const result = await load
          const failed = [...result.failures.values()].reduce((a, b) => a + b, 0)
          requireThat(
            failed === 0,
            `${failed} of ${result.requests} failed: ${[...result.failures.keys()].join('; ')}`,
          )
          const wrong = [...after.bodies.keys()].filter((body) => !body.includes('World'))
          requireThat(wrong.length === 0, `after the rollback it still answered ${wrong[0]}`)
          return {
            text: `${result.requests} requests, 0 failed`,
            figures: { requests: result.requests, failed },
          }
        }),
    },
    {
      name: 'refused',
      title: `${badManifests.length} bad manifests refused`,
      run: async () => {
        for (const { what, object, message } of badManifests) {
          const refusal = await applier.apply([object]).then(
            () => undefined,
            (error: unknown) => error,
          )
          requireThat(refusal !== undefined, `${what} was accepted`)
          const text = (refusal as Error).message
          requireThat(text.includes(message), `${what}: expected "${message}" in "${text}"`)
          requireThat(apiErrorCode(refusal) !== 'Unreachable', text)
          const stored = await exists(client, services, object.metadata.name ?? '')
          requireThat(!stored, `${what} was refused but stored`)
        }
        return {
          text: badManifests.map(({ what }) => what).join(', '),
          figures: { refused: badManifests.length },
        }
      },
    },
    {
      name: 'delete',
      title: 'deleted, nothing left',
      run: async () => {
        const startedMs = systemClock.monotonic()
        await client.delete(services, 'default', serviceName)
        const kinds: ResourceType[] = [
          services,
          configurations,
          routes,
          revisions,
          podAutoscalers,
          serverlessServices,
          ingresses,
          deployments,
          pods,
          coreServices,
          endpoints,
        ]
        await until('the end of all child objects', async () => {
          for (const type of kinds) {
            const { items } = await client.list(type, { namespace: 'default' })
            if (items.some((item) => item.metadata.name !== 'kubernetes')) return undefined
          }
          return true
        })
        const ms = since(startedMs)
        return { text: seconds(ms), figures: { ms: Math.round(ms) } }
      },
    },
  ]
}

async function exists(client: KubeClient, type: ResourceType, name: string): Promise<boolean> {
  try {
    await client.get(type, 'default', name)
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}
