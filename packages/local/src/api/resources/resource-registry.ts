import { apiVersionOf, type ResourceKind } from './resource-kind.ts'

/** All kinds that are served, built-in and custom. */
export class ResourceRegistry {
  readonly #kinds = new Map<string, ResourceKind>()
  #generation = 0

  /** Grows with every change, so that what is derived from the registry can be cached. */
  get generation(): number {
    return this.#generation
  }

  /** Serves a kind; one that was served under the same resource before is replaced. */
  add(kind: ResourceKind): void {
    this.#kinds.set(`${apiVersionOf(kind)}/${kind.plural}`, kind)
    this.#generation++
  }

  /** Stops serving all versions of a stored resource. */
  removeStored(storageKey: string): void {
    for (const [key, kind] of this.#kinds) if (kind.storageKey === storageKey) this.#kinds.delete(key)
    this.#generation++
  }

  /** The kind served at `/apis/<apiVersion>/<plural>`. */
  find(apiVersion: string, plural: string): ResourceKind | undefined {
    return this.#kinds.get(`${apiVersion}/${plural}`)
  }

  /** The kind of an object by its apiVersion and kind. */
  findKind(apiVersion: string, kind: string): ResourceKind | undefined {
    return this.#kinds.values().find((known) => known.kind === kind && apiVersionOf(known) === apiVersion)
  }

  /** Any version of a stored resource. */
  findStored(storageKey: string): ResourceKind | undefined {
    return this.#kinds.values().find((kind) => kind.storageKey === storageKey && !kind.conversion)
  }

  all(): ResourceKind[] {
    return [...this.#kinds.values()]
  }

  /** Group names with their versions, preferred first; the core group is ''. */
  groups(): Map<string, string[]> {
    const groups = new Map<string, string[]>()
    for (const { group, version } of this.#kinds.values()) {
      const versions = groups.get(group) ?? []
      if (!versions.includes(version)) versions.push(version)
      groups.set(group, versions)
    }
    for (const versions of groups.values()) versions.sort(compareVersions)
    return groups
  }

  /** Kinds of one group version, by plural. */
  inGroupVersion(apiVersion: string): ResourceKind[] {
    return this.all()
      .filter((kind) => apiVersionOf(kind) === apiVersion)
      .sort((a, b) => (a.plural < b.plural ? -1 : 1))
  }
}

const versionPattern = /^v(\d+)(?:(alpha|beta)(\d+))?$/
const stability = { alpha: 0, beta: 1, ga: 2 }

/** Orders versions as discovery lists them: GA before beta before alpha, newest first, others by name. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [versionPattern.exec(a), versionPattern.exec(b)]
  if (!x || !y) return x ? -1 : y ? 1 : a < b ? -1 : 1
  const rank = (match: RegExpExecArray) => stability[(match[2] as 'alpha' | 'beta' | undefined) ?? 'ga']
  return rank(y) - rank(x) || Number(y[1]) - Number(x[1]) || Number(y[3] ?? 0) - Number(x[3] ?? 0)
}
