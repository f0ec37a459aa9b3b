import type { ValidationContext } from '../admission-context.ts'
import { complaint, disallowedFields, missingField } from '../validation/complaints.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import { domainNameFault } from '../validation/names.ts'
import { validateCreatorAndModifier } from './metadata-validation.ts'
import type { DomainMapping } from './types.ts'

/** Complaints about a DomainMapping; on updates `stored` is what it was. */
export function validateDomainMapping(
  mapping: DomainMapping,
  context: ValidationContext,
  stored?: DomainMapping,
): FieldErrors {
  return FieldErrors.all([
    validateMetadata(mapping, context.clusterDomain).viaField('metadata'),
    validateRef(mapping).viaField('spec', 'ref'),
    stored ? validateCreatorAndModifier(stored, mapping) : FieldErrors.none,
  ])
}

function validateMetadata({ metadata }: DomainMapping, clusterDomain: string): FieldErrors {
  const { name = '', generateName } = metadata
  if (generateName) return disallowedFields('generateName')
  const fault = domainNameFault(name)
  if (fault !== undefined) return complaint(`invalid name "${name}": ${fault}`, 'name')
  return name.endsWith(`.${clusterDomain}`)
    ? complaint(
        `invalid name "${name}": must not be a subdomain of cluster local domain "${clusterDomain}"`,
        'name',
      )
    : FieldErrors.none
}

function validateRef({ metadata, spec }: DomainMapping): FieldErrors {
  const { ref = {} } = spec
  const missing = (['name', 'apiVersion', 'kind'] as const).filter((field) => !ref[field])
  const parts = missing.length > 0 ? [missingField(...missing)] : []
  if (ref.group) parts.push(disallowedFields('group'))
  const namespace = metadata.namespace ?? ''
  if (ref.namespace && ref.namespace !== namespace) {
    parts.push(
      complaint(
        'mismatched namespaces',
        'namespace',
        `parent namespace: "${namespace}" does not match ref: "${ref.namespace}"`,
      ),
    )
  }
  return FieldErrors.all(parts)
}
