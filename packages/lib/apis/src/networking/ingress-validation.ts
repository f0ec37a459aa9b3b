import { semanticEqual } from '../semantic-equal.ts'
import { complaint, invalidValue, missingField } from '../validation/complaints.ts'
import { currentField, FieldErrors } from '../validation/field-errors.ts'
import type { Ingress, IngressPath, IngressRule, IngressSplit, IngressTLS } from './types.ts'

const httpOptions = new Set(['', 'Enabled', 'Redirected'])

/** Complaints about an Ingress; its metadata is not looked at. */
export function validateIngress({ metadata, spec }: Ingress): FieldErrors {
  if (semanticEqual(spec, {})) return missingField('spec')
  const { rules = [], tls = [], httpOption = '' } = spec
  const namespace = metadata.namespace ?? ''
  const parts = [
    ...rules.map((rule, i) => validateRule(rule, namespace).viaFieldIndex('rules', i)),
    ...tls.map((entry, i) => validateTLS(entry).viaFieldIndex('tls', i)),
  ]
  if (rules.length === 0) parts.push(missingField('rules'))
  if (!httpOptions.has(httpOption)) parts.push(invalidValue(httpOption, 'httpOption'))
  return FieldErrors.all(parts).viaField('spec')
}

function validateRule(rule: IngressRule, namespace: string): FieldErrors {
  if (semanticEqual(rule, {})) return missingField(currentField)
  if (!rule.http) return missingField('http')
  const { paths = [] } = rule.http
  if (paths.length === 0) return missingField('http.paths')
  return FieldErrors.all(
    paths.map((path, i) => validatePath(path, namespace).viaFieldIndex('paths', i)),
  ).viaField('http')
}

function validatePath(path: IngressPath, namespace: string): FieldErrors {
  if (semanticEqual(path, {})) return missingField(currentField)
  const { splits = [] } = path
  if (splits.length === 0) return missingField('splits')
  const parts = splits.map((split, i) => validateSplit(split, namespace).viaFieldIndex('splits', i))
  const total = splits.reduce((sum, { percent }) => sum + (percent ?? 0), 0)
  // A sole split may leave its percentage to defaulting.
  if (total !== 100 && !(splits.length === 1 && total === 0)) {
    parts.push(complaint(`traffic split percentage must total to 100, but was ${total}`, 'splits'))
  }
  return FieldErrors.all(parts)
}

function validateSplit(split: IngressSplit, namespace: string): FieldErrors {
  if (semanticEqual(split, {})) return missingField(currentField)
  const { percent = 0, serviceNamespace } = split
  const parts: FieldErrors[] = []
  if (percent < 0 || percent > 100) parts.push(invalidValue(percent, 'percent'))
  if (!serviceNamespace) parts.push(missingField('serviceNamespace'))
  else if (serviceNamespace !== namespace) {
    parts.push(complaint('service namespace must match ingress namespace', 'serviceNamespace'))
  }
  if (!split.serviceName) parts.push(missingField('serviceName'))
  if (!split.servicePort) parts.push(missingField('servicePort'))
  return FieldErrors.all(parts)
}

function validateTLS({ secretName, secretNamespace }: IngressTLS): FieldErrors {
  return FieldErrors.all([
    secretName ? FieldErrors.none : missingField('secretName'),
    secretNamespace ? FieldErrors.none : missingField('secretNamespace'),
  ])
}
