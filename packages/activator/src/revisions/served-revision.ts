import {
  keyOf,
  type NamespacedName,
  type ProtocolType,
  privateServiceName,
  type Revision,
} from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { Destination, TimeLimits, Upstreams } from '@knative-ts/http-proxy'
import { type Backends, noBackends } from '../backends/backends.ts'
import type { EndpointAddresses } from '../backends/endpoint-addresses.ts'
import { PodConnections, type PodTLS } from '../backends/pod-connections.ts'
import type { MeshMode } from '../backends/pod-health.ts'
import { podProbe } from '../backends/pod-probe.ts'
import { canUsePodsBeforeReady } from '../backends/probe-optimisation.ts'
import { RevisionBackends } from '../backends/revision-backends.ts'
import type { QueueBudget } from '../throttle/queue-budget.ts'
import { RevisionThrottler } from '../throttle/revision-throttler.ts'
import { protocolOf, timeLimitsOf } from './revision-facts.ts'
import type { StartFailure } from './start-failure.ts'
import { StartVerdict } from './start-verdict.ts'

/** What all revisions are served with. */
export interface ServingOptions {
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly upstreams: Upstreams
  /** What the queues of all revisions may hold. */
  readonly queueBudget: QueueBudget
  readonly probeTimeoutMs: number
  readonly probeFrequencyMs: number
  readonly meshMode: MeshMode
  readonly podAddressability: boolean
  /** TLS settings towards pods of a namespace; undefined where requests travel in the clear. */
  readonly podTLS: ((namespace: string) => PodTLS) | undefined
  /** `ip:port` of a revision's private Service. */
  readonly clusterIP: (revision: NamespacedName, protocol: ProtocolType) => string | undefined
}

/** One revision that this activator serves: what it asks for, where its pods are and who goes next. */
export class ServedRevision implements NamespacedName {
  readonly namespace: string
  readonly name: string
  /** `namespace/name`. */
  readonly key: string
  readonly protocol: ProtocolType
  /** Host by which a mesh routes to the pod we dial; undefined without a mesh that lets us. */
  readonly meshHost: string | undefined
  readonly throttler: RevisionThrottler
  readonly #connections: PodConnections
  readonly #backends: RevisionBackends
  readonly #verdict: StartVerdict
  #object: Revision
  #timeLimits: TimeLimits
  #current: Backends = noBackends

  constructor(object: Revision, options: ServingOptions) {
    this.namespace = object.metadata.namespace ?? ''
    this.name = object.metadata.name ?? ''
    this.key = keyOf(object)
    this.protocol = protocolOf(object.spec)
    this.meshHost = options.podAddressability
      ? `${privateServiceName(this.name)}.${this.namespace}`
      : undefined
    this.#object = object
    this.#timeLimits = timeLimitsOf(object)
    this.throttler = new RevisionThrottler({
      containerConcurrency: object.spec.containerConcurrency ?? 0,
      random: options.random,
      clock: options.clock,
      budget: options.queueBudget,
    })
    this.#verdict = new StartVerdict({
      clock: options.clock,
      onRefuse: () => this.throttler.refuseWaiting('cannot-start'),
    })
    this.#verdict.observe(object.status)
    this.#connections = new PodConnections(options.upstreams, options.podTLS?.(this.namespace))
    this.#backends = new RevisionBackends({
      ...options,
      probe: podProbe({
        clock: options.clock,
        timeoutMs: options.probeTimeoutMs,
        connectionsTo: (dest) => this.#connections.forProbes(dest),
        meshHost: this.meshHost,
      }),
      usePodsBeforeReady: canUsePodsBeforeReady(object.spec),
      clusterIP: () => options.clusterIP(this, this.protocol),
      publish: (backends) => this.#reroute(backends),
    })
  }

  /** The Revision as last seen. */
  get object(): Revision {
    return this.#object
  }

  get timeLimits(): TimeLimits {
    return this.#timeLimits
  }

  /** Why waiting for a pod would be in vain; undefined while it isn't. */
  get startFailure(): StartFailure | undefined {
    return this.#verdict.refusal
  }

  /** Takes over what may change of a Revision; its pods' spec can't. */
  update(object: Revision): void {
    this.#object = object
    this.#timeLimits = timeLimitsOf(object)
    this.#verdict.observe(object.status)
  }

  /** Takes over the pods that Endpoints lists. */
  observe(addresses: EndpointAddresses): void {
    this.#backends.observe(addresses)
  }

  /** Takes over what the autoscaler says, or a request found out, of one pod. */
  podChanged(dest: string, ready: boolean): void {
    if (ready) this.#backends.podReady(dest)
    else this.#backends.podGone(dest)
  }

  /** Where to send a request for a place that the throttler chose. */
  destinationOf(dest: string): Destination {
    return this.#connections.forRequests(dest, dest === this.#current.clusterIP)
  }

  /** The revision was deleted: refuses whoever waits and stops probing. Requests in flight go on. */
  close(): void {
    this.throttler.close()
    this.#verdict.close()
    this.#backends.close()
    this.#connections.retain(() => false)
  }

  #reroute(backends: Backends): void {
    this.#current = backends
    this.throttler.updateBackends(backends)
    this.#verdict.podsChanged(backends.pods.size > 0)
    this.#connections.retain((dest) => dest === backends.clusterIP || this.#backends.knows(dest))
  }
}
