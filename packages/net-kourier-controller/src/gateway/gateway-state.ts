import type { Clock } from '@knative-ts/clock'
import {
  Cluster,
  Listener,
  type ResourceSource,
  RouteConfiguration,
  type SnapshotCache,
} from '@knative-ts/xds'
import type { KourierConfig } from '../config/kourier-config.ts'
import type { SniMatch } from '../envoy/listeners.ts'
import { gatewayNodeId, statusHost } from '../envoy/names.ts'
import { DomainConflictError } from '../errors.ts'
import type { KeyPair } from '../ingress/key-pair.ts'
import type { Translation } from '../ingress/translation.ts'
import { ClusterTable } from './cluster-table.ts'
import {
  clusterResources,
  type GatewayContent,
  listenerResources,
  routeResources,
} from './gateway-resources.ts'

/** Certificates that serve every host without one of its own. */
export interface SingleCertificates {
  readonly external: KeyPair | undefined
  readonly internal: KeyPair | undefined
}

export interface GatewayStateOptions {
  readonly cache: SnapshotCache
  readonly clock: Clock
  readonly config: KourierConfig
}

/**
 * What all gateways are to serve: the translations of all Ingresses, who holds which host, and clusters on
 * their way out. Adding, changing or removing one Ingress touches that one only; resource lists are put
 * together when a gateway is ready to take them.
 */
export class GatewayState {
  readonly #cache: SnapshotCache
  readonly #translations = new Map<string, Translation>()
  readonly #holders = new Map<string, string>()
  /** Ingresses with certificates, so that listeners are built without looking at the others. */
  readonly #secured = new Set<string>()
  readonly #clusters: ClusterTable
  #config: KourierConfig
  #single: SingleCertificates = { external: undefined, internal: undefined }

  constructor({ cache, clock, config }: GatewayStateOptions) {
    this.#cache = cache
    this.#config = config
    this.#clusters = new ClusterTable(clock, () => this.#publish([Cluster.typeUrl]))
  }

  /**
   * Takes an Ingress's new translation.
   * @throws DomainConflictError if another Ingress holds one of its hosts; what it served before is dropped
   */
  apply(translation: Translation): void {
    const { key, hosts } = translation
    for (const host of hosts) {
      const holder = this.#holders.get(host)
      if (host === statusHost || (holder !== undefined && holder !== key)) {
        this.remove(key)
        throw new DomainConflictError(host, holder === undefined ? 'the gateway itself' : `Ingress ${holder}`)
      }
    }
    const before = this.#translations.get(key)
    for (const host of before?.hosts ?? []) this.#holders.delete(host)
    for (const host of hosts) this.#holders.set(host, key)
    this.#translations.set(key, translation)
    this.#secured.delete(key)
    if (isSecured(translation)) this.#secured.add(key)

    const changed = new Set<string>()
    if (this.#clusters.set(key, translation.clusters)) changed.add(Cluster.typeUrl)
    if (!sameHosts(before, translation)) changed.add(RouteConfiguration.typeUrl)
    if (!sameCertificates(before, translation)) {
      // Whether there are certificates decides which route configurations there are.
      changed.add(Listener.typeUrl).add(RouteConfiguration.typeUrl)
    }
    this.#publish(changed)
  }

  /** Drops an Ingress; its clusters stay for a while. Returns whether it was known. */
  remove(key: string): boolean {
    const before = this.#translations.get(key)
    if (!before) return false
    for (const host of before.hosts) this.#holders.delete(host)
    this.#translations.delete(key)
    this.#clusters.set(key, [])
    const wasSecured = this.#secured.delete(key)
    this.#publish(wasSecured ? [Listener.typeUrl, RouteConfiguration.typeUrl] : [RouteConfiguration.typeUrl])
    return true
  }

  setConfig(config: KourierConfig): void {
    this.#config = config
    this.publishAll()
  }

  setSingleCertificates(certificates: SingleCertificates): void {
    this.#single = certificates
    this.#publish([Listener.typeUrl, RouteConfiguration.typeUrl])
  }

  /** Ends what runs in the background. */
  close(): void {
    this.#clusters.close()
  }

  /** Announces a new version of everything, as needed once at start. */
  publishAll(): void {
    this.#publish([Cluster.typeUrl, Listener.typeUrl, RouteConfiguration.typeUrl])
  }

  /**
   * Announces new versions. It must follow each change at once: sources read the state when a gateway is
   * ready for them, and a route must not get out before the version of clusters that belongs to it.
   */
  #publish(typeUrls: Iterable<string>): void {
    const sources = new Map<string, ResourceSource>()
    for (const typeUrl of typeUrls) sources.set(typeUrl, this.#source(typeUrl))
    this.#cache.publish(gatewayNodeId, sources)
  }

  #source(typeUrl: string): ResourceSource {
    switch (typeUrl) {
      case Cluster.typeUrl:
        return () => clusterResources(this.#config, this.#clusters.current())
      case Listener.typeUrl:
        return () => listenerResources(this.#content())
      default:
        return () => routeResources(this.#content())
    }
  }

  #content(): GatewayContent {
    const secured = [...this.#secured].flatMap((key) => this.#translations.get(key) ?? [])
    return {
      config: this.#config,
      translations: this.#translations.values(),
      external: { sni: secured.flatMap(({ externalSni }) => externalSni), single: this.#single.external },
      internal: { sni: secured.flatMap(({ internalSni }) => internalSni), single: this.#single.internal },
    }
  }
}

function isSecured({ externalSni, internalSni }: Translation): boolean {
  return externalSni.length > 0 || internalSni.length > 0
}

function sameHosts(a: Translation | undefined, b: Translation): boolean {
  if (!a) return false
  const groups = Object.keys(b.virtualHosts) as (keyof Translation['virtualHosts'])[]
  return groups.every((group) => sameList(a.virtualHosts[group], b.virtualHosts[group], sameBytes))
}

function sameCertificates(a: Translation | undefined, b: Translation): boolean {
  const none: readonly SniMatch[] = []
  return (
    sameList(a?.externalSni ?? none, b.externalSni, sameMatch) &&
    sameList(a?.internalSni ?? none, b.internalSni, sameMatch)
  )
}

function sameMatch(a: SniMatch, b: SniMatch): boolean {
  return (
    a.secret === b.secret &&
    sameList(a.hosts, b.hosts, (x, y) => x === y) &&
    sameBytes(a.certificate, b.certificate) &&
    sameBytes(a.privateKey, b.privateKey)
  )
}

function sameList<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): boolean {
  return a.length === b.length && a.every((item, i) => same(item, b[i]!))
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
