import type { ValidationContext } from '../admission-context.ts'
import { validateAutoscalingAnnotations } from '../autoscaling/annotation-validation.ts'
import type { ObjectMeta } from '../meta.ts'
import { validateNetworkingAnnotations } from '../networking/annotation-validation.ts'
import { semanticEqual } from '../semantic-equal.ts'
import { complaint, disallowedFields, invalidValue, outOfBounds } from '../validation/complaints.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import { dns1035Label, dns1035LabelPrefix, listText } from '../validation/names.ts'
import { validateOwnerLabel, validateScalableMetadata, validateWholeSeconds } from './metadata-validation.ts'
import { validatePodSpec } from './pod-spec-validation.ts'
import { validateQueueSidecarAnnotations } from './queue-sidecar-validation.ts'
import { warnInsecureDefaults } from './security-context-validation.ts'
import type { ApiSettings } from './settings.ts'
import { specDiff } from './spec-diff.ts'
import type { ConfigurationSpec, Revision, RevisionSpec, RevisionTemplateSpec } from './types.ts'
import { configurationLabelKey, progressDeadlineAnnotationKey } from './wire-names.ts'

/** Complaints about a Revision; on updates `stored` is what it was, and its spec must not differ. */
export function validateRevision(
  revision: Revision,
  context: ValidationContext,
  stored?: Revision,
): FieldErrors {
  const { metadata, spec } = revision
  const meta = FieldErrors.all([
    validateScalableMetadata(metadata, context.autoscaler),
    validateOwnerLabel(metadata, configurationLabelKey, 'Configuration'),
    validateTemplateAnnotations(metadata),
  ]).viaField('metadata')
  if (!stored) return meta.also(validateRevisionSpec(spec, context).viaField('spec'))
  return semanticEqual(stored.spec, spec)
    ? meta
    : complaint('Immutable fields changed (-old +new)', 'spec', specDiff(stored.spec, spec, 'spec'))
}

/** The template of a Service or Configuration; one that was not given is empty. */
export function templateOf({ template }: ConfigurationSpec): RevisionTemplateSpec {
  return template?.spec ? template : { ...template, spec: { containers: [] } }
}

/** Complaints about a revision template. @param parent metadata of the object around it */
export function validateRevisionTemplate(
  template: RevisionTemplateSpec,
  parent: ObjectMeta,
  settings: ApiSettings,
): FieldErrors {
  const metadata = template.metadata ?? {}
  return FieldErrors.all([
    validateRevisionSpec(template.spec, settings).viaField('spec'),
    validateAutoscalingAnnotations(metadata.annotations, settings.autoscaler).viaField(
      'metadata',
      'annotations',
    ),
    validateRevisionName(metadata, parent).viaField('metadata'),
    validateTemplateAnnotations(metadata).viaField('metadata'),
  ])
}

/** A template that keeps its name must stay as it is. */
export function validateNameChange(
  template: RevisionTemplateSpec,
  stored: RevisionTemplateSpec,
): FieldErrors {
  const name = template.metadata?.name
  if (!name || name !== stored.metadata?.name || semanticEqual(stored, template)) return FieldErrors.none
  return complaint(
    'Saw the following changes without a name change (-old +new)',
    'metadata.name',
    specDiff(stored, template, 'template'),
  )
}

/** Complaints about a revision spec, including warnings. */
export function validateRevisionSpec(spec: RevisionSpec, settings: ApiSettings): FieldErrors {
  const { defaults, features } = settings
  const parts = [validatePodSpec(spec, features)]
  const { timeoutSeconds, containerConcurrency } = spec
  const longest = defaults.maxRevisionTimeoutSeconds
  if (timeoutSeconds !== undefined && (timeoutSeconds < 0 || timeoutSeconds > longest)) {
    parts.push(outOfBounds(timeoutSeconds, 0, longest, 'timeoutSeconds'))
  }
  if (containerConcurrency !== undefined) {
    parts.push(validateContainerConcurrency(containerConcurrency, settings))
  }
  parts.push(warnInsecureDefaults(spec, features))
  return FieldErrors.all(parts)
}

/** The bounds of `containerConcurrency`; 0 means unlimited where that is allowed. */
export function validateContainerConcurrency(value: number, { defaults }: ApiSettings): FieldErrors {
  const low = defaults.allowContainerConcurrencyZero ? 0 : 1
  const high = defaults.containerConcurrencyMaxLimit
  return value < low || value > high
    ? outOfBounds(value, low, high, 'containerConcurrency')
    : FieldErrors.none
}

function validateTemplateAnnotations({ annotations }: ObjectMeta): FieldErrors {
  const progressDeadline = validateWholeSeconds(
    annotations?.[progressDeadlineAnnotationKey],
    progressDeadlineAnnotationKey,
    'progress-deadline',
  )
  return FieldErrors.all([
    validateNetworkingAnnotations(annotations),
    validateQueueSidecarAnnotations(annotations),
    progressDeadline,
  ]).viaField('annotations')
}

/** A revision may be given its name, which must begin with its parent's. */
function validateRevisionName({ name, generateName }: ObjectMeta, parent: ObjectMeta): FieldErrors {
  if (generateName) {
    const messages = dns1035LabelPrefix(generateName)
    if (messages.length > 0) {
      return invalidValue(`not a DNS 1035 label prefix: ${listText(messages)}`, 'generateName')
    }
  }
  if (!name) return FieldErrors.none
  const messages = dns1035Label(name)
  if (messages.length > 0) return invalidValue(`not a DNS 1035 label: ${listText(messages)}`, 'name')
  if (!parent.name && parent.generateName) return disallowedFields('name')
  const prefix = `${parent.name ?? ''}-`
  return name.startsWith(prefix)
    ? FieldErrors.none
    : invalidValue(`"${name}" must have prefix "${prefix}"`, 'name')
}
