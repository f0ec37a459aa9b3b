import type { V1ConfigMap, V1Container, V1EnvVar, V1Pod, V1Secret } from '@knative-ts/apis'
import { LocalError } from '../errors.ts'

/** What environment variables can refer to. */
export interface EnvironmentSources {
  configMap(name: string): V1ConfigMap | undefined
  secret(name: string): V1Secret | undefined
  podIP: string
  hostIP: string
}

/**
 * The variables a container's spec asks for: envFrom in order, then env, later ones winning, `$(NAME)`
 * expanded from what came before.
 * @throws LocalError CONTAINER_CONFIG naming the missing object or key
 */
export function containerEnvironment(
  pod: V1Pod,
  container: V1Container,
  sources: EnvironmentSources,
): Record<string, string> {
  const env: Record<string, string> = {}
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const data = configMapRef
      ? whole('ConfigMap', configMapRef, (name) => sources.configMap(name)?.data)
      : secretRef
        ? whole('Secret', secretRef, (name) => decoded(sources.secret(name)))
        : {}
    for (const [key, value] of Object.entries(data)) env[prefix + key] = value
  }
  for (const variable of container.env ?? []) {
    const value = variableValue(variable, pod, container, sources)
    if (value !== undefined) env[variable.name] = variable.valueFrom ? value : expand(value, env)
  }
  return env
}

/** Replaces `$(NAME)` by the variable's value; `$$(NAME)` escapes, unknown names stay as they are. */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]+)\)/g, (match, name: string | undefined) =>
    match === '$$' ? '$' : name !== undefined && name in env ? env[name]! : match,
  )
}

function whole(
  kind: string,
  reference: { name?: string; optional?: boolean },
  read: (name: string) => Record<string, string> | undefined,
): Record<string, string> {
  const data = read(reference.name ?? '')
  if (data) return data
  if (reference.optional) return {}
  throw new LocalError('CONTAINER_CONFIG', `${kind.toLowerCase()} "${reference.name}" not found`)
}

function variableValue(
  variable: V1EnvVar,
  pod: V1Pod,
  container: V1Container,
  sources: EnvironmentSources,
): string | undefined {
  const from = variable.valueFrom
  if (!from) return variable.value ?? ''
  if (from.configMapKeyRef) {
    return key('ConfigMap', from.configMapKeyRef, (name) => sources.configMap(name)?.data)
  }
  if (from.secretKeyRef) return key('Secret', from.secretKeyRef, (name) => decoded(sources.secret(name)))
  if (from.fieldRef) return podField(pod, from.fieldRef.fieldPath, sources)
  if (from.resourceFieldRef) return resourceField(container, from.resourceFieldRef.resource)
  throw new LocalError('CONTAINER_CONFIG', `env ${variable.name} has an empty valueFrom`)
}

function key(
  kind: string,
  reference: { name?: string; key: string; optional?: boolean },
  read: (name: string) => Record<string, string> | undefined,
): string | undefined {
  const value = read(reference.name ?? '')?.[reference.key]
  if (value !== undefined || reference.optional) return value
  throw new LocalError(
    'CONTAINER_CONFIG',
    `couldn't find key ${reference.key} in ${kind} "${reference.name ?? ''}"`,
  )
}

/** Value of a downward API field path such as `metadata.name` or `metadata.labels['app']`. */
export function podField(
  pod: V1Pod,
  path: string,
  addresses: Pick<EnvironmentSources, 'podIP' | 'hostIP'>,
): string {
  const mapEntry = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path)
  if (mapEntry) {
    const [, map, name = ''] = mapEntry
    return (map === 'labels' ? pod.metadata.labels : pod.metadata.annotations)?.[name] ?? ''
  }
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name ?? ''
    case 'metadata.namespace':
      return pod.metadata.namespace ?? ''
    case 'metadata.uid':
      return pod.metadata.uid ?? ''
    case 'metadata.labels':
      return quoted(pod.metadata.labels)
    case 'metadata.annotations':
      return quoted(pod.metadata.annotations)
    case 'spec.nodeName':
      return pod.spec?.nodeName ?? ''
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? 'default'
    case 'status.podIP':
    case 'status.podIPs':
      return addresses.podIP
    case 'status.hostIP':
    case 'status.hostIPs':
      return addresses.hostIP
    default:
      throw new LocalError('CONTAINER_CONFIG', `field path ${path} is not supported in a fieldRef`)
  }
}

function quoted(map: Readonly<Record<string, string>> = {}): string {
  return Object.entries(map)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join('\n')
}

function resourceField(container: V1Container, resource: string): string {
  const [bound = '', ...rest] = resource.split('.')
  const amounts = bound === 'limits' ? container.resources?.limits : container.resources?.requests
  return (amounts as Record<string, string> | undefined)?.[rest.join('.')] ?? '0'
}

function decoded(secret: V1Secret | undefined): Record<string, string> | undefined {
  if (!secret) return undefined
  return Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([name, value]) => [
      name,
      Buffer.from(value, 'base64').toString('utf8'),
    ]),
  )
}
