/** What a path asks for. */
export type Route =
  | { readonly type: 'health' }
  | { readonly type: 'version' }
  | {
      readonly type: 'discovery'
      readonly path: 'api' | 'apis' | 'group' | 'resources' | 'root'
      readonly name: string
    }
  | { readonly type: 'openapi'; readonly document: string }
  | ResourceRoute

/** A path below a group version. */
export interface ResourceRoute {
  readonly type: 'resource'
  readonly apiVersion: string
  readonly plural: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string
}

const namespaceSubresources = ['status', 'finalize']

/** Reads the path of a request; undefined for one that means nothing here. */
export function routeOf(pathname: string): Route | undefined {
  let parts: string[]
  try {
    parts = pathname.split('/').filter(Boolean).map(decodeURIComponent)
  } catch {
    return undefined
  }
  const [first, ...rest] = parts
  switch (first) {
    case undefined:
      return { type: 'discovery', path: 'root', name: '' }
    case 'healthz':
    case 'livez':
    case 'readyz':
      return { type: 'health' }
    case 'version':
      return { type: 'version' }
    case 'openapi':
      return { type: 'openapi', document: rest.join('/') }
    case 'api':
      if (rest.length === 0) return { type: 'discovery', path: 'api', name: '' }
      return below(rest[0]!, rest.slice(1))
    case 'apis':
      if (rest.length === 0) return { type: 'discovery', path: 'apis', name: '' }
      if (rest.length === 1) return { type: 'discovery', path: 'group', name: rest[0]! }
      return below(`${rest[0]}/${rest[1]}`, rest.slice(2))
  }
  return undefined
}

function below(apiVersion: string, parts: readonly string[]): Route | undefined {
  if (parts.length === 0) return { type: 'discovery', path: 'resources', name: apiVersion }
  const inNamespace =
    parts[0] === 'namespaces' && parts.length > 2 && !namespaceSubresources.includes(parts[2]!)
  const [namespace, rest] = inNamespace ? [parts[1]!, parts.slice(2)] : [undefined, parts]
  if (rest.length > 3) return undefined
  const [plural = '', name, subresource = ''] = rest
  return { type: 'resource', apiVersion, plural, namespace, name, subresource }
}
