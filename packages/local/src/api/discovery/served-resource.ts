import type { ResourceKind } from '../resources/resource-kind.ts'

/** A resource as discovery lists it; subresources have a slash in their name. */
export interface ServedResource {
  readonly name: string
  readonly singular: string
  readonly namespaced: boolean
  readonly kind: string
  readonly group: string
  readonly version: string
  readonly verbs: readonly string[]
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
}

const objectVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const viewVerbs = ['get', 'patch', 'update']

const special: Readonly<
  Record<string, { group: string; version: string; kind: string; verbs: readonly string[] }>
> = {
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
  log: { group: '', version: 'v1', kind: 'Pod', verbs: ['get'] },
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] },
}

/** A kind with its subresources, as discovery lists them. */
export function servedResources(kind: ResourceKind): ServedResource[] {
  const { group, version, namespaced } = kind
  const main: ServedResource = {
    name: kind.plural,
    singular: kind.singular,
    namespaced,
    kind: kind.kind,
    group,
    version,
    verbs: objectVerbs,
    shortNames: kind.shortNames,
    categories: kind.categories,
  }
  const view = (name: string, of: { group: string; version: string; kind: string }, verbs = viewVerbs) => ({
    ...of,
    name: `${kind.plural}/${name}`,
    singular: '',
    namespaced,
    verbs,
    shortNames: [],
    categories: [],
  })
  const resources = [main]
  if (kind.status) resources.push(view('status', { group, version, kind: kind.kind }))
  if (kind.scale) resources.push(view('scale', { group: 'autoscaling', version: 'v1', kind: 'Scale' }))
  for (const name of kind.subresources) {
    const of = special[name]
    if (of) resources.push({ ...view(name, of), verbs: of.verbs })
  }
  return resources
}
