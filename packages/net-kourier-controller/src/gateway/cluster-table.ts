import type { Clock, Timer } from '@knative-ts/clock'
import type { PackedResource } from '@knative-ts/xds'

/** How long a cluster outlives its last use, so that routes which still name it find it. */
export const retirementMs = 15_000

interface Entry {
  readonly cluster: PackedResource
  /** Set once the Ingress no longer uses the cluster. */
  readonly retirement: Timer | undefined
}

/**
 * Clusters by name and by the Ingress that uses them. Several Ingresses may use the same Service: the one
 * translated last says how its cluster looks.
 */
export class ClusterTable {
  readonly #clock: Clock
  readonly #onExpiry: () => void
  readonly #byName = new Map<string, Map<string, Entry>>()
  readonly #namesByIngress = new Map<string, Set<string>>()

  /** @param onExpiry called after a retired cluster was dropped */
  constructor(clock: Clock, onExpiry: () => void) {
    this.#clock = clock
    this.#onExpiry = onExpiry
  }

  /** Replaces an Ingress's clusters; those it used before retire. Returns whether any cluster changed. */
  set(ingress: string, clusters: readonly PackedResource[]): boolean {
    const names = this.#namesByIngress.get(ingress) ?? new Set()
    let changed = false
    for (const cluster of clusters) {
      const users = this.#byName.get(cluster.name) ?? new Map<string, Entry>()
      const before = currentOf(users)
      const own = users.get(ingress)
      own?.retirement?.cancel()
      if (before && own && !own.retirement && sameBytes(own.cluster, cluster)) continue
      users.delete(ingress)
      users.set(ingress, { cluster, retirement: undefined })
      this.#byName.set(cluster.name, users)
      names.add(cluster.name)
      if (!before || !sameBytes(before, cluster)) changed = true
    }
    if (names.size > 0) this.#namesByIngress.set(ingress, names)
    const used = new Set(clusters.map(({ name }) => name))
    for (const name of names) if (!used.has(name)) this.#retire(ingress, name)
    return changed
  }

  /** What the gateways are to have: one cluster per name, retired ones included. */
  current(): PackedResource[] {
    const clusters: PackedResource[] = []
    for (const users of this.#byName.values()) {
      const cluster = currentOf(users)
      if (cluster) clusters.push(cluster)
    }
    return clusters
  }

  /** Calls off all expiries; nothing may be set afterwards. */
  close(): void {
    for (const users of this.#byName.values())
      for (const { retirement } of users.values()) retirement?.cancel()
  }

  #retire(ingress: string, name: string): void {
    const users = this.#byName.get(name)
    const entry = users?.get(ingress)
    if (!users || !entry || entry.retirement) return
    const retirement = this.#clock.after(retirementMs, () => this.#drop(ingress, name))
    users.set(ingress, { cluster: entry.cluster, retirement })
  }

  #drop(ingress: string, name: string): void {
    const users = this.#byName.get(name)
    users?.delete(ingress)
    if (users?.size === 0) this.#byName.delete(name)
    const names = this.#namesByIngress.get(ingress)
    names?.delete(name)
    if (names?.size === 0) this.#namesByIngress.delete(ingress)
    this.#onExpiry()
  }
}

/** The latest one in use, else the latest retired one. */
function currentOf(users: ReadonlyMap<string, Entry>): PackedResource | undefined {
  let current: Entry | undefined
  for (const entry of users.values()) {
    if (!current || !entry.retirement || current.retirement) current = entry
  }
  return current?.cluster
}

function sameBytes(a: PackedResource, b: PackedResource): boolean {
  return Buffer.compare(a.value, b.value) === 0
}
