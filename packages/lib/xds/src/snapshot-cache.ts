import type { PackedResource, ResourceSource } from './resource.ts'

interface TypeSnapshot {
  version: string
  source: ResourceSource
  built: readonly PackedResource[] | undefined
}

/**
 * What each gateway is to serve, by node id and resource type. Every type has a version of its own that
 * changes only when that type is published, and resources are built only when a stream asks for them: of
 * many publications while gateways are busy, only the last costs anything.
 */
export class SnapshotCache {
  readonly #instance: string
  readonly #nodes = new Map<string, Map<string, TypeSnapshot>>()
  readonly #watchers = new Map<string, Set<() => void>>()
  #published = 0

  /** @param instance makes versions unlike those of any earlier process */
  constructor(instance: string) {
    this.#instance = instance
  }

  /**
   * Replaces some types of a node's resources at once. Sources must reflect the same moment, so that routes
   * never name clusters which the cluster source lacks.
   */
  publish(nodeId: string, sources: ReadonlyMap<string, ResourceSource>): void {
    if (sources.size === 0) return
    const types = this.#nodes.get(nodeId) ?? new Map<string, TypeSnapshot>()
    this.#nodes.set(nodeId, types)
    const version = `${this.#instance}.${++this.#published}`
    for (const [typeUrl, source] of sources) types.set(typeUrl, { version, source, built: undefined })
    for (const notify of [...(this.#watchers.get(nodeId) ?? [])]) notify()
  }

  /** The version of a node's resources of one type; undefined if none was published. */
  version(nodeId: string, typeUrl: string): string | undefined {
    return this.#nodes.get(nodeId)?.get(typeUrl)?.version
  }

  /** The resources behind `version`, built on the first call. */
  resources(nodeId: string, typeUrl: string): readonly PackedResource[] {
    const snapshot = this.#nodes.get(nodeId)?.get(typeUrl)
    if (!snapshot) return []
    snapshot.built ??= snapshot.source()
    return snapshot.built
  }

  /** Calls `notify` after each publication for the node. Returns how to stop. */
  watch(nodeId: string, notify: () => void): () => void {
    const watchers = this.#watchers.get(nodeId) ?? new Set()
    this.#watchers.set(nodeId, watchers.add(notify))
    return () => {
      watchers.delete(notify)
      if (watchers.size === 0 && this.#watchers.get(nodeId) === watchers) this.#watchers.delete(nodeId)
    }
  }
}
