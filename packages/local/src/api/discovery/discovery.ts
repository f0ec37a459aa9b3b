import { apiVersionOf } from '../resources/resource-kind.ts'
import { compareVersions, type ResourceRegistry } from '../resources/resource-registry.ts'
import { type ServedResource, servedResources } from './served-resource.ts'

/** Everything served by group version: kinds of the registry and fixed resources such as reviews. */
export function servedByGroupVersion(
  registry: ResourceRegistry,
  fixed: readonly ServedResource[],
): Map<string, ServedResource[]> {
  const served = new Map<string, ServedResource[]>()
  const add = (apiVersion: string, resources: readonly ServedResource[]) => {
    served.set(apiVersion, [...(served.get(apiVersion) ?? []), ...resources])
  }
  for (const kind of registry.all()) add(apiVersionOf(kind), servedResources(kind))
  for (const resource of fixed) add(apiVersionOf(resource), [resource])
  for (const list of served.values()) list.sort((a, b) => (a.name < b.name ? -1 : 1))
  return served
}

function groupsOf(served: ReadonlyMap<string, unknown>): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const apiVersion of served.keys()) {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
    groups.set(group!, [...(groups.get(group!) ?? []), version!].sort(compareVersions))
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `/api`: the versions of the core group. */
export function coreVersions(address: string): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  }
}

/** `/apis`: all named groups. */
export function groupList(served: ReadonlyMap<string, unknown>): object {
  const names = [...groupsOf(served).keys()].filter((group) => group !== '')
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: names.map((name) => groupEntry(served, name)) }
}

/** `/apis/<name>`: one group; undefined if it is not served. */
export function oneGroup(served: ReadonlyMap<string, unknown>, name: string): object | undefined {
  return groupsOf(served).has(name)
    ? { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(served, name) }
    : undefined
}

function groupEntry(served: ReadonlyMap<string, unknown>, name: string) {
  const versions = groupsOf(served)
    .get(name)!
    .map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions, preferredVersion: versions[0] }
}

/** The classic list of the resources of one group version. */
export function resourceList(apiVersion: string, resources: readonly ServedResource[]): object {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersion,
    resources: resources.map((resource) => ({
      name: resource.name,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      ...(apiVersionOf(resource) === apiVersion ? {} : { group: resource.group, version: resource.version }),
      kind: resource.kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
      ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
    })),
  }
}

/** Aggregated discovery: the core group alone for `/api`, all others for `/apis`. */
export function aggregatedDiscovery(
  served: ReadonlyMap<string, readonly ServedResource[]>,
  core: boolean,
  version: 'v2' | 'v2beta1',
): object {
  const groups = [...groupsOf(served)].filter(([group]) => (group === '') === core)
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(([name, versions]) => ({
      metadata: { name: name || undefined, creationTimestamp: null },
      versions: versions.map((groupVersion) => ({
        version: groupVersion,
        resources: aggregated(served.get(name ? `${name}/${groupVersion}` : groupVersion) ?? []),
        freshness: 'Current',
      })),
    })),
  }
}

function aggregated(resources: readonly ServedResource[]): object[] {
  const kindOf = ({ group, version, kind }: ServedResource) => ({ group, version, kind })
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map((resource) => {
      const below = resources.filter(({ name }) => name.startsWith(`${resource.name}/`))
      return {
        resource: resource.name,
        responseKind: kindOf(resource),
        scope: resource.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: resource.singular,
        verbs: resource.verbs,
        ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
        ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
        ...(below.length > 0
          ? {
              subresources: below.map((sub) => ({
                subresource: sub.name.slice(resource.name.length + 1),
                responseKind: kindOf(sub),
                verbs: sub.verbs,
              })),
            }
          : {}),
      }
    })
}
