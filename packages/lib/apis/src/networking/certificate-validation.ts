import { invalidValue, missingField } from '../validation/complaints.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import type { Certificate } from './types.ts'

const domainRule = 'domain must be a suffix of, or match exactly, at least one entry in dnsNames'

/** Complaints about a Certificate. */
export function validateCertificate({ spec }: Certificate): FieldErrors {
  const { dnsNames = [], domain = '', secretName } = spec ?? {}
  const parts = dnsNames.flatMap((name, i) => (name === '' ? [missingField(`dnsNames[${i}]`)] : []))
  if (dnsNames.length === 0) parts.push(missingField('dnsNames'))
  if (!secretName) parts.push(missingField('secretName'))
  if (domain !== '' && !dnsNames.some((name) => name === domain || name.endsWith(`.${domain}`))) {
    parts.push(invalidValue('domain', domainRule))
  }
  return FieldErrors.all(parts).viaField('spec')
}
