import type { V1Container } from '../core/types.ts'
import { complaint, invalidValue, missingField } from '../validation/complaints.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import { dns1123Subdomain } from '../validation/names.ts'
import {
  type PodSurroundings,
  validateInitContainer,
  validateServingContainer,
  validateSidecarContainer,
} from './container-validation.ts'
import { checkDisallowedFields, isEnabled, podSpecMask } from './field-mask.ts'
import { validatePodSecurityContext } from './security-context-validation.ts'
import { isServingContainer } from './serving-container.ts'
import type { FeatureSettings } from './settings.ts'
import type { RevisionSpec } from './types.ts'
import { validateVolumes } from './volume-validation.ts'

/** Complaints about the pod that a revision runs. */
export function validatePodSpec(spec: RevisionSpec, features: FeatureSettings): FieldErrors {
  const { securityContext, serviceAccountName } = spec
  const containers = spec.containers ?? []
  const initContainers = spec.initContainers ?? []
  const volumes = spec.volumes ?? []
  const pod: PodSurroundings = { features, volumes: new Map(volumes.map((volume) => [volume.name, volume])) }
  const mounted = new Set(
    [...initContainers, ...containers].flatMap((container) =>
      (container.volumeMounts ?? []).map((mount) => mount.name),
    ),
  )
  return FieldErrors.all([
    checkDisallowedFields(spec, podSpecMask(spec, features)),
    securityContext
      ? validatePodSecurityContext(securityContext, features).viaField('securityContext')
      : FieldErrors.none,
    validateVolumes(volumes, mounted, features).viaField('volumes'),
    validateInitContainers(initContainers, pod),
    validateContainers(containers, pod),
    validateNames(initContainers, containers),
    serviceAccountName ? validateServiceAccountName(serviceAccountName) : FieldErrors.none,
  ])
}

function validateContainers(containers: readonly V1Container[], pod: PodSurroundings): FieldErrors {
  if (containers.length === 0) return missingField('containers')
  const parts = [validatePorts(containers)]
  if (containers.length > 1) {
    if (!isEnabled(pod.features, 'multi-container')) {
      return FieldErrors.of(`multi-container is off, but found ${containers.length} containers`, [])
    }
    if (!containers.some((container) => container.ports?.length))
      parts.push(missingField('containers[*].ports'))
  }
  containers.forEach((container, i) => {
    const validate = isServingContainer(container, containers)
      ? validateServingContainer
      : validateSidecarContainer
    parts.push(validate(container, pod).viaFieldIndex('containers', i))
  })
  return FieldErrors.all(parts)
}

function validatePorts(containers: readonly V1Container[]): FieldErrors {
  const count = containers.reduce((sum, container) => sum + (container.ports?.length ?? 0), 0)
  return count > 1
    ? complaint(
        'more than one container port is set',
        'containers[*].ports',
        'Only a single port is allowed across all containers',
      )
    : FieldErrors.none
}

/** The paths say `containers`, as clients of this API know them. */
function validateInitContainers(containers: readonly V1Container[], pod: PodSurroundings): FieldErrors {
  if (containers.length === 0) return FieldErrors.none
  if (!isEnabled(pod.features, 'kubernetes.podspec-init-containers')) {
    return FieldErrors.of(
      `pod spec support for init-containers is off, but found ${containers.length} init containers`,
      [],
    )
  }
  return FieldErrors.all(
    containers.map((container, i) => validateInitContainer(container, pod).viaFieldIndex('containers', i)),
  )
}

function validateNames(
  initContainers: readonly V1Container[],
  containers: readonly V1Container[],
): FieldErrors {
  const names = new Set<string>()
  const parts: FieldErrors[] = []
  for (const list of [initContainers, containers]) {
    list.forEach(({ name }, i) => {
      if (name && names.has(name)) {
        parts.push(complaint(`duplicate container name "${name}"`, 'name').viaFieldIndex('containers', i))
      }
      names.add(name)
    })
  }
  return FieldErrors.all(parts)
}

function validateServiceAccountName(name: string): FieldErrors {
  return FieldErrors.all(
    dns1123Subdomain(name).map((message) => invalidValue(name, 'serviceAccountName', message)),
  )
}
