import { badRequest, invalid } from '../errors.ts'
import { notSupported } from '../meta/field-error.ts'
import { asRecord, asString, isRecord } from '../meta/kube-object.ts'
import type { DeleteOptions, FieldValidation, WriteOptions } from '../resources/write-options.ts'
import type { Exchange } from './exchange.ts'

const validations: readonly string[] = ['Ignore', 'Strict', 'Warn']
const policies: readonly string[] = ['Background', 'Foreground', 'Orphan']

/** Reads the options of a write from its query. Throws 400 and 422. */
export function writeOptionsOf(exchange: Exchange): WriteOptions {
  const { query } = exchange
  const dryRun = query.getAll('dryRun').filter((value) => value !== '')
  for (const value of dryRun) {
    if (value !== 'All')
      throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [
        notSupported('dryRun', value, ['All']),
      ])
  }
  const fieldValidation = query.get('fieldValidation') || 'Warn'
  if (!validations.includes(fieldValidation)) {
    throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [
      notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']),
    ])
  }
  return {
    user: exchange.user,
    dryRun: dryRun.length > 0,
    manager: query.get('fieldManager') || agentName(exchange.header('user-agent')),
    fieldValidation: fieldValidation as FieldValidation,
    warnings: exchange.warnings,
  }
}

/** The program's name in its User-Agent: what stands before the first slash. */
function agentName(userAgent: string | undefined): string {
  return (userAgent ?? 'unknown').split('/')[0]!.slice(0, 128)
}

/** Reads `DeleteOptions` from a body, which may be empty, and the query, which counts where the body is silent. */
export function deleteOptionsOf(
  body: unknown,
  query: URLSearchParams,
): DeleteOptions & { readonly dryRun: boolean } {
  const options = asRecord(body)
  if (options['kind'] !== undefined && options['kind'] !== 'DeleteOptions') {
    throw badRequest(`the body of a deletion must be DeleteOptions, got ${String(options['kind'])}`)
  }
  const grace = options['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds') ?? undefined
  const policy = asString(options['propagationPolicy']) ?? query.get('propagationPolicy') ?? undefined
  if (policy && !policies.includes(policy)) {
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
      notSupported('propagationPolicy', policy, policies),
    ])
  }
  const orphan = options['orphanDependents'] ?? query.get('orphanDependents')
  const preconditions = isRecord(options['preconditions']) ? options['preconditions'] : {}
  const gracePeriodSeconds = grace === undefined || grace === null ? undefined : Number(grace)
  if (gracePeriodSeconds !== undefined && !(gracePeriodSeconds >= 0)) {
    throw badRequest(`gracePeriodSeconds must not be negative, got ${String(grace)}`)
  }
  return {
    gracePeriodSeconds,
    propagationPolicy:
      (policy as DeleteOptions['propagationPolicy']) ||
      (orphan === true || orphan === 'true' ? 'Orphan' : undefined),
    uid: asString(preconditions['uid']),
    resourceVersion: asString(preconditions['resourceVersion']),
    dryRun: Array.isArray(options['dryRun']) && options['dryRun'].includes('All'),
  }
}
