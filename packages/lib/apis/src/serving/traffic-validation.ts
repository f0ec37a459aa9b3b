import {
  complaint,
  disallowedFields,
  invalidKeyName,
  invalidValue,
  missingOneOf,
  multipleOneOf,
  outOfBounds,
} from '../validation/complaints.ts'
import { currentField, FieldErrors } from '../validation/field-errors.ts'
import { dns1035Label, listText, qualifiedName } from '../validation/names.ts'
import type { TrafficTarget } from './types.ts'

/**
 * Complaints about a list of traffic targets.
 * @param ownConfiguration whether targets without a name mean the Configuration of the same Service
 */
export function validateTraffic(traffic: readonly TrafficTarget[], ownConfiguration: boolean): FieldErrors {
  const parts = traffic.map((target, i) => validateTarget(target, ownConfiguration).viaIndex(i))
  const sum = traffic.reduce((total, { percent }) => total + (percent ?? 0), 0)
  if (sum !== 100) parts.push(complaint(`Traffic targets sum to ${sum}, want 100`, currentField))
  return FieldErrors.all([...parts, validateTags(traffic)])
}

function validateTarget(target: TrafficTarget, ownConfiguration: boolean): FieldErrors {
  const { latestRevision, revisionName = '', percent, url } = target
  const parts = [validateNames(target, ownConfiguration)]
  if (latestRevision !== undefined && latestRevision === (revisionName !== '')) {
    parts.push(
      complaint(
        `may not set revisionName "${revisionName}" when latestRevision is ${latestRevision}`,
        'latestRevision',
      ),
    )
  }
  if (percent !== undefined && (percent < 0 || percent > 100))
    parts.push(outOfBounds(percent, 0, 100, 'percent'))
  if (url) parts.push(disallowedFields('url'))
  return FieldErrors.all(parts)
}

function validateNames(
  { revisionName = '', configurationName = '' }: TrafficTarget,
  ownConfiguration: boolean,
): FieldErrors {
  if (ownConfiguration && configurationName !== '') return disallowedFields('configurationName')
  if (revisionName !== '' && configurationName !== '')
    return multipleOneOf('revisionName', 'configurationName')
  if (revisionName !== '') return validateName(revisionName, 'revisionName')
  if (configurationName !== '') return validateName(configurationName, 'configurationName')
  return ownConfiguration ? FieldErrors.none : missingOneOf('revisionName', 'configurationName')
}

function validateName(name: string, field: string): FieldErrors {
  const messages = qualifiedName(name)
  return messages.length > 0 ? invalidKeyName(name, field, ...messages) : FieldErrors.none
}

function validateTags(traffic: readonly TrafficTarget[]): FieldErrors {
  const first = new Map<string, number>()
  const parts: FieldErrors[] = []
  traffic.forEach(({ tag }, i) => {
    if (!tag) return
    const messages = dns1035Label(tag)
    if (messages.length > 0) {
      parts.push(invalidValue(`not a DNS 1035 label: ${listText(messages)}`, `tag[${i}]`))
    }
    const earlier = first.get(tag)
    if (earlier === undefined) first.set(tag, i)
    else parts.push(FieldErrors.of(`Multiple definitions for "${tag}"`, [`[${earlier}].tag`, `[${i}].tag`]))
  })
  return FieldErrors.all(parts)
}
