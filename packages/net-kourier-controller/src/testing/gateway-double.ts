import { Cluster, RouteConfiguration, VirtualHost } from '@knative-ts/xds'
import { AdsClient, accept } from '@knative-ts/xds/testing'
import { externalRouteConfig, gatewayNodeId } from '../envoy/names.ts'

/** A gateway that accepts everything and shows what it was told last. */
export class GatewayDouble {
  readonly #client: AdsClient
  readonly #watchers = new Set<() => void>()
  clusters: Cluster[] = []
  /** Hosts of the external port. */
  hosts: string[] = []
  /** Responses received. */
  responses = 0

  constructor(xdsPort: number) {
    this.#client = new AdsClient(`127.0.0.1:${xdsPort}`)
    this.#client.send({ node: { id: gatewayNodeId }, typeUrl: Cluster.typeUrl })
    this.#client.send({ typeUrl: RouteConfiguration.typeUrl, resourceNames: [externalRouteConfig] })
    void this.#listen()
  }

  /** Resolves as soon as `met` holds. */
  async until(met: (gateway: this) => boolean): Promise<this> {
    if (met(this)) return this
    const holds = Promise.withResolvers<void>()
    const look = () => {
      if (met(this)) holds.resolve()
    }
    this.#watchers.add(look)
    await holds.promise
    this.#watchers.delete(look)
    return this
  }

  /** Addresses of a cluster. */
  addresses(name: string): (string | undefined)[] {
    const endpoints = this.clusters.find((cluster) => cluster.name === name)?.loadAssignment?.endpoints ?? []
    return endpoints.flatMap(({ lbEndpoints = [] }) =>
      lbEndpoints.map(({ endpoint }) => endpoint?.address?.socketAddress?.address),
    )
  }

  close(): void {
    this.#client.close()
  }

  async #listen(): Promise<never> {
    for (;;) {
      const response = await this.#client.next()
      const values = (response.resources ?? []).map(({ value = new Uint8Array() }) => value)
      if (response.typeUrl === Cluster.typeUrl) {
        this.clusters = values.map((bytes) => Cluster.decode(bytes))
        this.#client.send(accept(response))
      } else {
        const routes = values.map((bytes) => RouteConfiguration.decode(bytes))
        this.hosts = routes
          .flatMap(({ virtualHosts = [] }) => virtualHosts)
          .flatMap((bytes) => VirtualHost.decode(bytes).domains?.[0] ?? [])
        this.#client.send(accept(response, [externalRouteConfig]))
      }
      this.responses++
      for (const look of this.#watchers) look()
    }
  }
}
