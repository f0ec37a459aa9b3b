import { endpoints, type ProtocolType, revisions } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { StatsServer } from '@knative-ts/stats/server'
import {
  activatorEndpoints,
  podEndpoints,
  putConfigMaps,
  revisionObject,
} from '../stand-in/serving-objects.ts'
import { StandInApi } from '../stand-in/stand-in-api.ts'
import type { Ledger } from './accounts/ledger.ts'
import type { Death } from './accounts/verdict.ts'
import { startActivator } from './processes/activator.ts'
import { Bundles } from './processes/bundles.ts'
import type { Child } from './processes/child.ts'
import { Pod } from './processes/pod.ts'

/** A revision as the soak runs it. */
export interface RevisionSpec {
  readonly name: string
  readonly protocol: ProtocolType
  readonly concurrency: number
  readonly pods: number
}

interface RunningRevision {
  readonly spec: RevisionSpec
  /** Pods in use. */
  readonly pods: Pod[]
}

export const activatorIP = '127.82.0.1'

/** An activator, pods, and what they need of a cluster: an API that lists them and the autoscaler's end of the stats streams. */
export class World {
  readonly #ledger: Ledger
  readonly #bundles = new Bundles()
  readonly #api = new StandInApi()
  readonly #revisions = new Map<string, RunningRevision>()
  /** Pods that no longer get requests but still run. */
  readonly #leaving = new Set<Pod>()
  readonly #stats: StatsServer
  #statsAddress = ''
  #activator: Child | undefined
  #started = 0

  constructor(ledger: Ledger) {
    this.#ledger = ledger
    this.#stats = new StatsServer(
      {
        ownerOf: () => ({ kind: 'self' }),
        isPodOf: (key, { ip }) => this.#podsIn(key).some((pod) => pod.ip === ip),
        podCount: (key) => this.#podsIn(key).length,
        onLoad: () => {},
      },
      systemClock,
    )
  }

  get activator(): Child {
    return this.#activator!
  }

  /** Pods in use. */
  podsOf(revision: string): readonly Pod[] {
    return this.#revisions.get(revision)!.pods
  }

  /** Pods that are going. */
  get leaving(): number {
    return this.#leaving.size
  }

  /** Starts the activator and all pods, which get no requests before `open`. @throws SoakError */
  async start(specs: readonly RevisionSpec[]): Promise<void> {
    putConfigMaps(this.#api)
    const kubeconfig = await this.#api.listen()
    this.#statsAddress = `127.0.0.1:${await this.#stats.listen('127.0.0.1', 0)}`
    this.#activator = await startActivator(this.#bundles, activatorIP, kubeconfig, this.#statsAddress)
    this.#watch(this.#activator)
    for (const spec of specs) {
      this.#revisions.set(spec.name, { spec, pods: [] })
      this.#api.put(revisions, revisionObject(spec.name, spec.concurrency, spec.protocol))
      this.#api.put(endpoints, activatorEndpoints(spec.name, spec.protocol, activatorIP))
      for (let i = 0; i < spec.pods; i++) await this.#startPod(this.#revisions.get(spec.name)!)
      this.#stats.podsChanged(`default/${spec.name}`)
    }
  }

  /** Tells the activator of the pods. */
  open(): void {
    for (const running of this.#revisions.values()) this.#list(running)
  }

  /** Starts a pod and lets it have requests. */
  async addPod(revision: string): Promise<void> {
    const running = this.#revisions.get(revision)!
    await this.#startPod(running)
    this.#list(running)
  }
  /** Takes a pod out of use and lets it end in its own time. */
  async drain(revision: string, pod: Pod): Promise<void> {
    this.#ledger.departed({ pod: pod.spec.name, atMs: systemClock.monotonic() })
    this.#remove(revision, pod)
    await pod.drain()
    this.#leaving.delete(pod)
  }

  /** Kills a process of a pod or both; what is left of it goes too. */
  async kill(revision: string, pod: Pod, process: Death['process']): Promise<void> {
    const killed = [
      ...(process !== 'user container' ? [pod.queueProxy] : []),
      ...(process !== 'queue-proxy' ? [pod.user] : []),
    ]
    for (const child of killed) child.kill('SIGKILL')
    const gone = this.#ledger.killed({
      revision,
      pod: pod.spec.name,
      process,
      atMs: systemClock.monotonic(),
    })
    Promise.all(killed.map(({ exited }) => exited)).then(gone)
    this.#remove(revision, pod)
    if (process === 'queue-proxy') pod.user.kill('SIGTERM')
    else await pod.drain()
    this.#leaving.delete(pod)
  }

  /** Ends everything at once. */
  async stop(): Promise<void> {
    for (const pod of this.#allPods()) pod.destroy()
    this.#activator?.kill('SIGKILL')
    await Promise.all([this.#stats.close(), this.#api.close()])
    this.#bundles.remove()
  }

  async #startPod({ spec, pods }: RunningRevision): Promise<void> {
    const number = ++this.#started
    const name = `${spec.name}-${number}`
    const pod = await Pod.start({
      protocol: spec.protocol,
      concurrency: spec.concurrency,
      name,
      revision: spec.name,
      ip: `127.82.${1 + (number >> 8)}.${number & 255}`,
      command: this.#bundles.command('queue-proxy'),
      statsAddress: this.#statsAddress,
      onArrival: (id) => this.#ledger.arrived(id, name),
    })
    this.#watch(pod.user)
    this.#watch(pod.queueProxy)
    pods.push(pod)
  }

  #watch(child: Child): void {
    child.exited.then(() => {
      const { name, output, crashed } = child
      if (crashed) this.#ledger.crashed({ process: name, output, atMs: systemClock.monotonic() })
    })
  }

  /** @param key `namespace/name` of a revision */
  #podsIn(key: string): readonly Pod[] {
    return this.#revisions.get(key.slice(key.indexOf('/') + 1))?.pods ?? []
  }

  #allPods(): Pod[] {
    return [...[...this.#revisions.values()].flatMap(({ pods }) => pods), ...this.#leaving]
  }

  #remove(revision: string, pod: Pod): void {
    const running = this.#revisions.get(revision)!
    const index = running.pods.indexOf(pod)
    if (index >= 0) running.pods.splice(index, 1)
    this.#leaving.add(pod)
    this.#list(running)
  }

  #list({ spec, pods }: RunningRevision): void {
    this.#api.put(endpoints, podEndpoints(spec.name, spec.protocol, pods))
    this.#stats.podsChanged(`default/${spec.name}`)
  }
}
