import { validateAutoscalingAnnotations } from '../autoscaling/annotation-validation.ts'
import { autoscalingGroup } from '../autoscaling/wire-names.ts'
import type { KubeObject, ObjectMeta } from '../meta.ts'
import { semanticEqual } from '../semantic-equal.ts'
import { nsPerSecond, parseDurationNs } from '../syntax/duration.ts'
import { complaint, invalidKeyName, invalidValue, missingField } from '../validation/complaints.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import { dns1035Label, dns1035LabelPrefix, listText } from '../validation/names.ts'
import type { AutoscalerSettings } from './settings.ts'
import { creatorAnnotationKey, rolloutDurationAnnotationKeys, updaterAnnotationKey } from './wire-names.ts'

const misplacedAnnotation =
  'autoscaling annotations must be put under "spec.template.metadata.annotations" to work'

/** Complaints about an object's name; only the first fault is reported. */
export function validateObjectName({ name, generateName }: ObjectMeta): FieldErrors {
  if (name) {
    const messages = dns1035Label(name)
    if (messages.length > 0) return complaint(`not a DNS 1035 label: ${listText(messages)}`, 'name')
  }
  if (generateName) {
    const messages = dns1035LabelPrefix(generateName)
    if (messages.length > 0) {
      return complaint(`not a DNS 1035 label prefix: ${listText(messages)}`, 'generateName')
    }
  }
  return name || generateName ? FieldErrors.none : complaint('name or generateName is required', 'name')
}

/** Metadata of an object that scales by itself: its autoscaling annotations must be right. */
export function validateScalableMetadata(meta: ObjectMeta, settings: AutoscalerSettings): FieldErrors {
  return validateObjectName(meta).also(
    validateAutoscalingAnnotations(meta.annotations, settings).viaField('annotations'),
  )
}

/** Metadata of an object around a revision template: autoscaling annotations have no effect there. */
export function validateParentMetadata(meta: ObjectMeta): FieldErrors {
  const misplaced = Object.keys(meta.annotations ?? {})
    .filter((key) => key.startsWith(autoscalingGroup))
    .map((key) => invalidKeyName(key, 'annotations', misplacedAnnotation))
  return validateObjectName(meta).also(...misplaced)
}

/** An object that says by a label that it belongs to another must have it as its owner. */
export function validateOwnerLabel(meta: ObjectMeta, label: string, ownerKind: string): FieldErrors {
  const owner = meta.labels?.[label]
  if (owner === undefined) return FieldErrors.none
  const owned = meta.ownerReferences?.some((ref) => ref.kind === ownerKind && ref.name === owner)
  return owned ? FieldErrors.none : missingField(label).viaField('labels')
}

/** The rollout duration annotation of a Service or Route; paths are relative to the annotations. */
export function validateRolloutDuration(annotations: Record<string, string> | undefined): FieldErrors {
  const key = rolloutDurationAnnotationKeys.find((candidate) => annotations?.[candidate] !== undefined)
  return key === undefined
    ? FieldErrors.none
    : validateWholeSeconds(annotations?.[key], key, 'rollout-duration')
}

/** A duration in whole seconds, not negative; empty text counts as absent. */
export function validateWholeSeconds(text: string | undefined, key: string, name: string): FieldErrors {
  if (!text) return FieldErrors.none
  let ns: bigint
  try {
    ns = parseDurationNs(text)
  } catch {
    return invalidValue(text, key)
  }
  if (ns % nsPerSecond !== 0n) return complaint(`${name}=${text} is not at second precision`, key)
  return ns < 0n ? complaint(`${name}=${text} must be positive`, key) : FieldErrors.none
}

/** Who created an object never changes; who changed it last only together with its spec. */
export function validateCreatorAndModifier<T extends KubeObject & { spec: unknown }>(
  stored: T,
  object: T,
): FieldErrors {
  const before = stored.metadata.annotations ?? {}
  const after = object.metadata.annotations ?? {}
  const parts: FieldErrors[] = []
  if (before[creatorAnnotationKey] !== after[creatorAnnotationKey]) {
    parts.push(complaint('annotation value is immutable', creatorAnnotationKey))
  }
  if (
    before[updaterAnnotationKey] !== after[updaterAnnotationKey] &&
    semanticEqual(stored.spec, object.spec)
  ) {
    parts.push(invalidValue(after[updaterAnnotationKey] ?? '', updaterAnnotationKey))
  }
  return FieldErrors.all(parts).viaField('metadata', 'annotations')
}
