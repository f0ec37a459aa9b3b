import type { V1Container } from '../core/types.ts'
import { maxInt32 } from '../syntax/scalars.ts'
import { complaint, invalidValue, outOfBounds } from '../validation/complaints.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import {
  capabilitiesMask,
  checkDisallowedFields,
  podSecurityContextMask,
  securityContextMask,
} from './field-mask.ts'
import type { FeatureSettings } from './settings.ts'
import type { RevisionSpec } from './types.ts'

type SecurityContext = NonNullable<V1Container['securityContext']>
type PodSecurityContext = NonNullable<RevisionSpec['securityContext']>

const insecureDefault =
  'Kubernetes default value is insecure, Knative may default this to secure in a future release'

export function validatePodSecurityContext(
  context: PodSecurityContext,
  features: FeatureSettings,
): FieldErrors {
  return FieldErrors.all([
    checkDisallowedFields(context, podSecurityContextMask(context, features)),
    validateId(context.runAsUser, 'runAsUser'),
    validateId(context.runAsGroup, 'runAsGroup'),
    validateId(context.fsGroup, 'fsGroup'),
    ...(context.supplementalGroups ?? []).map((id, i) => validateId(id, `supplementalGroups[${i}]`)),
  ])
}

export function validateSecurityContext(context: SecurityContext, features: FeatureSettings): FieldErrors {
  const { capabilities } = context
  return FieldErrors.all([
    checkDisallowedFields(context, securityContextMask(context)),
    capabilities
      ? checkDisallowedFields(capabilities, capabilitiesMask(capabilities, features)).viaField('capabilities')
      : FieldErrors.none,
    validateId(context.runAsUser, 'runAsUser'),
    validateId(context.runAsGroup, 'runAsGroup'),
  ])
}

function validateId(id: number | undefined, field: string): FieldErrors {
  if (id === undefined || (id >= 0 && id <= maxInt32)) return FieldErrors.none
  return outOfBounds(id, 0, maxInt32, field)
}

/** Warnings about what Kubernetes leaves open unless told otherwise; none if secure defaults fill it in. */
export function warnInsecureDefaults(spec: RevisionSpec, features: FeatureSettings): FieldErrors {
  if (features.securePodDefaults !== 'Disabled') return FieldErrors.none
  const pod = spec.securityContext ?? {}
  const warnings = (['containers', 'initContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, i) =>
      warnContainer(pod, container.securityContext ?? {})
        .viaField('securityContext')
        .viaFieldIndex(list, i),
    ),
  )
  return FieldErrors.all(warnings).at('warning')
}

function warnContainer(pod: PodSecurityContext, context: SecurityContext): FieldErrors {
  const parts: FieldErrors[] = []
  const insecure = (field: string) => parts.push(complaint(insecureDefault, field))
  if (pod.runAsNonRoot === undefined && context.runAsNonRoot === undefined) insecure('runAsNonRoot')
  if (context.allowPrivilegeEscalation === undefined) insecure('allowPrivilegeEscalation')
  if (!pod.seccompProfile && !context.seccompProfile) insecure('seccompProfile')
  else if (!pod.seccompProfile?.type && !context.seccompProfile?.type) insecure('seccompProfile.type')
  const { capabilities } = context
  if (!capabilities) insecure('capabilities')
  else if (!capabilities.drop?.length) insecure('capabilities.drop')
  else if (capabilities.drop[0] === 'all') {
    parts.push(invalidValue('all', 'capabilities.drop', "Must be spelled as 'ALL'"))
  }
  return FieldErrors.all(parts)
}
