import type { DefaultingContext } from '../admission-context.ts'
import { childName } from '../child-name.ts'
import type { V1Container, V1Probe, V1Volume } from '../core/types.ts'
import type { ObjectMeta } from '../meta.ts'
import { setSecureDefaults } from './secure-pod-defaults.ts'
import { isServingContainer } from './serving-container.ts'
import type { ResourceName, ResourceQuantities } from './settings.ts'
import type { Revision, RevisionSpec } from './types.ts'

/** Fills in what a Revision leaves open, in place; its spec is immutable, so updates change nothing. */
export function setRevisionDefaults(revision: Revision, context: DefaultingContext): void {
  if (context.operation === 'update') return
  revision.spec ??= { containers: [] }
  setRevisionSpecDefaults(revision.spec, context, {})
}

/**
 * Fills in what a revision spec leaves open, in place.
 * @param parent metadata of the Service or Configuration around it, for the container name templates
 */
export function setRevisionSpecDefaults(
  spec: RevisionSpec,
  context: DefaultingContext,
  parent: ObjectMeta,
): void {
  const { defaults, features, operation } = context
  setTimeoutDefaults(spec, context)
  spec.containerConcurrency ??= defaults.containerConcurrency
  spec.containers ??= []
  const initContainers = spec.initContainers ?? []

  const taken = new Set([...spec.containers, ...initContainers].flatMap(({ name }) => (name ? [name] : [])))
  nameContainers(spec.containers, taken, defaults.containerName(parent))
  if (initContainers.length > 0) nameContainers(initContainers, taken, defaults.initContainerName(parent))

  const writable = new Set(spec.volumes?.filter(isWritable).map(({ name }) => name))
  for (const container of spec.containers) {
    setResourceDefaults(container, 'requests', defaults.revisionRequests)
    setResourceDefaults(container, 'limits', defaults.revisionLimits)
    setProbeDefaults(container, isServingContainer(container, spec.containers))
    for (const mount of container.volumeMounts ?? []) if (!writable.has(mount.name)) mount.readOnly = true
  }
  if (
    operation === 'create' &&
    spec.enableServiceLinks === undefined &&
    defaults.enableServiceLinks !== undefined
  ) {
    spec.enableServiceLinks = defaults.enableServiceLinks
  }
  setSecureDefaults(spec, features.securePodDefaults)
}

function setTimeoutDefaults(spec: RevisionSpec, { defaults }: DefaultingContext): void {
  const timeoutSeconds = spec.timeoutSeconds || defaults.revisionTimeoutSeconds
  spec.timeoutSeconds = timeoutSeconds
  for (const [field, seconds] of [
    ['idleTimeoutSeconds', defaults.revisionIdleTimeoutSeconds],
    ['responseStartTimeoutSeconds', defaults.revisionResponseStartTimeoutSeconds],
  ] as const) {
    if (spec[field] === undefined && seconds !== 0 && seconds < timeoutSeconds) spec[field] = seconds
  }
}

/** Names the unnamed; several containers, or a clash with a user's name, call for a number. */
function nameContainers(containers: readonly V1Container[], taken: ReadonlySet<string>, text: string): void {
  let number = 0
  for (const container of containers) {
    if (container.name) continue
    if (containers.length === 1 && !taken.has(text)) {
      container.name = text
      continue
    }
    let name: string
    do name = childName(text, `-${number++}`)
    while (taken.has(name))
    container.name = name
  }
}

function isWritable(volume: V1Volume): boolean {
  return Boolean(volume.emptyDir ?? volume.persistentVolumeClaim ?? volume.ephemeral)
}

function setResourceDefaults(
  container: V1Container,
  bound: 'requests' | 'limits',
  quantities: ResourceQuantities,
): void {
  for (const [resource, quantity] of Object.entries(quantities) as [ResourceName, string][]) {
    if (container.resources?.[bound]?.[resource] !== undefined) continue
    container.resources ??= {}
    container.resources[bound] = { ...container.resources[bound], [resource]: quantity }
  }
}

function setProbeDefaults(container: V1Container, serving: boolean): void {
  if (serving) {
    container.readinessProbe ??= {}
    const { tcpSocket, httpGet, exec, grpc } = container.readinessProbe
    if (!(tcpSocket ?? httpGet ?? exec ?? grpc)) container.readinessProbe.tcpSocket = { port: 0 }
  }
  if (container.readinessProbe) setReadinessNumbers(container.readinessProbe)
  for (const probe of [container.readinessProbe, container.livenessProbe, container.startupProbe]) {
    if (probe?.grpc) probe.grpc.service ??= ''
  }
}

/** A probe without a period runs as often as queue-proxy sees fit and has no other numbers. */
function setReadinessNumbers(probe: V1Probe): void {
  probe.successThreshold ||= 1
  if (!probe.periodSeconds) return
  probe.failureThreshold ||= 3
  probe.timeoutSeconds ||= 1
}
