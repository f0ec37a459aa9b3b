import { type IncomingHttpHeaders, request } from 'node:http'
import {
  coreServices,
  endpoints,
  type Revision,
  type RevisionSpec,
  revisionLabelKey,
  revisions,
  revisionUIDLabelKey,
  type ServiceType,
  serviceTypeKey,
} from '@knative-ts/apis'
import { testMeta } from '@knative-ts/apis/testing'
import { ManualClock } from '@knative-ts/clock/testing'
import { InformerFactory } from '@knative-ts/kube'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { silentLogger } from '@knative-ts/observability'
import { PodStatsClient, type Stat } from '@knative-ts/stats'
import { StatsServer } from '@knative-ts/stats/server'
import { Activator, type ActivatorOptions } from '../activator.ts'
import { readEnvironment } from '../environment.ts'
import type { QueueLimits } from '../throttle/queue-budget.ts'
import { FakePod } from './fake-pod.ts'

export interface Response {
  status: number
  body: string
  headers: IncomingHttpHeaders
}

/** A request under way: its response, and how to give up. */
export interface Pending {
  response: Promise<Response>
  abort(): void
}

/** Limits that no test reaches which doesn't mean to. */
export const roomyQueue: QueueLimits = {
  maxRequests: 1000,
  maxBytes: 1_000_000,
  maxRequestsPerRevision: 1000,
  maxBytesPerRevision: 1_000_000,
}

/** An activator on real sockets, an API server and an autoscaler to go with it, and pods made to order. */
export class TestWorld {
  readonly clock = new ManualClock()
  readonly api = new FakeKubeClient()
  /** Loads the autoscaler heard of, as `revision concurrency count`. */
  readonly loads: string[] = []
  /** Who reported each of them. */
  readonly reporters: string[] = []
  readonly informers = new InformerFactory({ client: this.api, clock: this.clock, logger: silentLogger })
  readonly activatorIP = '127.0.7.1'
  #activator: Activator | undefined
  readonly #stop = new AbortController()
  readonly #pods: FakePod[] = []
  readonly #podStats: PodStatsClient[] = []
  readonly #watchers = new Set<() => void>()
  readonly #autoscaler = new StatsServer(
    {
      ownerOf: () => ({ kind: 'self' }),
      isPodOf: (_, { ip }) => this.#pods.some((pod) => pod.ip === ip),
      podCount: () => this.#pods.length,
      onLoad: (_, revision, stat) => {
        this.loads.push(`${revision} ${stat.averageConcurrentRequests} ${stat.requestCount}`)
        this.reporters.push(stat.podName)
        this.changed()
      },
    },
    this.clock,
    () => 0,
  )
  #statsAddress = ''
  #port = 0

  get activator(): Activator {
    if (!this.#activator) throw new Error('start the world first')
    return this.#activator
  }

  /** Starts everything; `options` overrides what the activator is made with, `variables` its environment. */
  async start(
    options: Partial<ActivatorOptions> = {},
    variables: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    this.#statsAddress = `127.0.0.1:${await this.#autoscaler.listen('127.0.0.1', 0)}`
    const environment = readEnvironment(
      {
        POD_NAME: 'activator-1',
        POD_IP: this.activatorIP,
        SYSTEM_NAMESPACE: 'knative-serving',
        LISTEN_ADDRESS: '127.0.0.1',
        AUTOSCALER_STATS_ADDRESS: this.#statsAddress,
        ...variables,
      },
      'cluster.local',
    )
    this.#activator = new Activator({
      environment,
      clock: this.clock,
      logger: silentLogger,
      informers: this.informers,
      meshMode: 'auto',
      podAddressability: false,
      queueLimits: () => roomyQueue,
      ports: { http1: 0, h2c: 0, https: 0 },
      onStatsConnection: () => this.changed(),
      ...options,
    })
    this.startInformers()
    await this.#activator.start()
    this.#port = this.#activator.ports.http1
    await this.until(() => this.activator.unhealthy() === undefined)
  }

  /** Starts the caches early, for what has to be read before the activator is made. */
  startInformers(): void {
    this.informers.start(this.#stop.signal)
  }

  /** Ends what a test started, whatever state it is in. */
  async stop(): Promise<void> {
    this.#stop.abort()
    for (const stats of this.#podStats) stats.close()
    for (const pod of this.#pods) pod.close()
    const drained = this.#activator?.drain()
    await this.clock.advance(60_000)
    await Promise.all([drained, this.#autoscaler.close()])
  }

  /** Ends the autoscaler; resolves when the activator has noticed. */
  async loseAutoscaler(): Promise<void> {
    await this.#autoscaler.close()
    await this.until(() => this.activator.unhealthy() !== undefined)
  }

  /** Resolves once `condition` holds; looked at whenever the world hears of something. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return
        this.#watchers.delete(check)
        resolve()
      }
      this.#watchers.add(check)
      check()
    })
  }

  changed(): void {
    for (const check of this.#watchers) check()
  }

  addRevision(name: string, spec: Partial<RevisionSpec> = {}): Revision {
    const revision: Revision = {
      metadata: testMeta(name),
      spec: { containers: [{ name: 'user', image: 'dev.local/hello' }], timeoutSeconds: 300, ...spec },
    }
    this.api.seed(revisions, revision)
    return revision
  }

  async addPod(name: string, ip: string, ready = true): Promise<FakePod> {
    const pod = new FakePod(name, ip, ready)
    this.#pods.push(pod)
    await pod.listen()
    return pod
  }

  /** Makes the API list these as the revision's pods; each under its own port. */
  listPods(
    revision: string,
    ready: readonly FakePod[],
    notReady: readonly FakePod[] = [],
    portName = 'http',
  ): void {
    const subset = (pod: FakePod, isReady: boolean) => ({
      [isReady ? 'addresses' : 'notReadyAddresses']: [{ ip: pod.ip }],
      ports: [{ name: portName, port: pod.port }],
    })
    this.#list(revision, 'Private', [
      ...ready.map((pod) => subset(pod, true)),
      ...notReady.map((pod) => subset(pod, false)),
    ])
  }

  /** Gives the revision a private Service at this address, as `service` serves it. */
  addPrivateService(revision: string, service: FakePod, portName = 'http'): void {
    this.api.seed(coreServices, {
      metadata: this.#meta(revision, 'Private'),
      spec: { clusterIP: service.ip, ports: [{ name: portName, port: service.port }] },
    })
  }

  /** Makes the API list these as the activators in front of the revision. */
  listActivators(revision: string, ips: readonly string[]): void {
    this.#list(revision, 'Public', [
      { addresses: ips.map((ip) => ({ ip })), ports: [{ name: 'http', port: 8012 }] },
    ])
  }

  /** The pod's queue-proxy tells the autoscaler that its container answers. */
  announce(revision: string, pod: FakePod): void {
    const stats = new PodStatsClient({
      address: this.#statsAddress,
      namespace: 'default',
      revision,
      podName: pod.name,
      podUid: '',
      sample: () => idleStat(pod.name),
      clock: this.clock,
      localAddress: pod.ip,
    })
    this.#podStats.push(stats)
    stats.start()
    stats.markReady(pod.port)
  }

  /** Sends a GET for `revision` to the activator, over a connection of its own. */
  get(revision: string, headers: Record<string, string> = {}, path = '/'): Pending {
    return this.send(path, {
      host: `${revision}.default.example.com`,
      'knative-serving-revision': revision,
      'knative-serving-namespace': 'default',
      ...headers,
    })
  }

  send(path: string, headers: Record<string, string>, method = 'GET'): Pending {
    const outgoing = request({ host: '127.0.0.1', port: this.#port, method, path, headers, agent: false })
    const response = new Promise<Response>((resolve, reject) => {
      outgoing.on('error', reject)
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            headers: incoming.headers,
          }),
        )
      })
    })
    outgoing.end()
    return { response, abort: () => outgoing.destroy() }
  }

  #list(revision: string, type: ServiceType, subsets: object[]): void {
    const object = { metadata: this.#meta(revision, type), subsets }
    if (this.api.peek(endpoints, 'default', object.metadata.name)) this.api.replace(endpoints, object)
    else this.api.seed(endpoints, object)
  }

  #meta(revision: string, type: ServiceType) {
    return {
      name: type === 'Private' ? `${revision}-private` : revision,
      namespace: 'default',
      labels: { [revisionLabelKey]: revision, [revisionUIDLabelKey]: 'uid', [serviceTypeKey]: type },
    }
  }
}

function idleStat(podName: string): Stat {
  return {
    podName,
    averageConcurrentRequests: 0,
    averageProxiedConcurrentRequests: 0,
    requestCount: 0,
    proxiedRequestCount: 0,
    processUptime: 0,
    timestamp: 0,
  }
}
