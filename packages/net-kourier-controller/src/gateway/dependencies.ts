import type { DependencyId } from '../ingress/cluster-view.ts'

/** Which Ingresses were translated with which objects, so that a changed object wakes just those. */
export class Dependencies {
  readonly #idsByIngress = new Map<string, ReadonlySet<DependencyId>>()
  readonly #ingressesById = new Map<DependencyId, Set<string>>()

  /** Replaces what an Ingress depends on. */
  set(ingress: string, ids: ReadonlySet<DependencyId>): void {
    const before = this.#idsByIngress.get(ingress)
    for (const id of before ?? []) if (!ids.has(id)) this.#unlink(ingress, id)
    for (const id of ids) {
      const ingresses = this.#ingressesById.get(id) ?? new Set()
      this.#ingressesById.set(id, ingresses.add(ingress))
    }
    if (ids.size > 0) this.#idsByIngress.set(ingress, ids)
    else this.#idsByIngress.delete(ingress)
  }

  remove(ingress: string): void {
    this.set(ingress, new Set())
  }

  /** Keys of the Ingresses that depend on an object. */
  dependants(id: DependencyId): Iterable<string> {
    return this.#ingressesById.get(id) ?? []
  }

  #unlink(ingress: string, id: DependencyId): void {
    const ingresses = this.#ingressesById.get(id)
    ingresses?.delete(ingress)
    if (ingresses?.size === 0) this.#ingressesById.delete(id)
  }
}
