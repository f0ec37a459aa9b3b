import type { V1ContainerPort, V1Probe } from '../core/types.ts'
import { maxInt32 } from '../syntax/scalars.ts'
import {
  complaint,
  invalidValue,
  missingOneOf,
  multipleOneOf,
  outOfBounds,
} from '../validation/complaints.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import { checkDisallowedFields, isSet, probeHandlerMasks, probeHandlers, probeMask } from './field-mask.ts'

/** Handlers whose port a container's port must match. */
const dialling = ['httpGet', 'tcpSocket'] as const

/** A probe of the serving container: a named port must be the container's own, a number may be any. */
export function validateServingProbe(probe: V1Probe, port: V1ContainerPort | undefined): FieldErrors {
  const portName = port?.name || 'http'
  const mismatches = dialling.flatMap((handler) => {
    const wanted = probe[handler]?.port
    return typeof wanted === 'string' && wanted !== portName && !isNumber(wanted)
      ? [invalidValue(wanted, `${handler}.port`, 'Probe port must match container port')]
      : []
  })
  return validateHandlers(probe).also(...mismatches)
}

/** A probe of a sidecar: nothing tells its port but the probe. */
export function validateSidecarProbe(probe: V1Probe): FieldErrors {
  const missing = dialling.flatMap((handler) => {
    const port = probe[handler]?.port
    return probe[handler] && (port === undefined || port === 0 || port === '')
      ? [invalidValue(port ?? 0, `${handler}.port`, 'Probe port must be specified')]
      : []
  })
  return validateHandlers(probe).also(...missing)
}

/** The numbers of a readiness probe, which queue-proxy carries out. */
export function validateReadinessNumbers(probe: V1Probe): FieldErrors {
  const parts: FieldErrors[] = []
  const atLeast = (field: NumberField, low: number) => {
    const value = probe[field] ?? 0
    if (value < low) parts.push(outOfBounds(value, low, maxInt32, field))
  }
  atLeast('periodSeconds', 0)
  atLeast('initialDelaySeconds', 0)
  atLeast('successThreshold', 1)
  if (probe.periodSeconds) {
    atLeast('timeoutSeconds', 1)
    atLeast('failureThreshold', 1)
  } else {
    for (const field of ['failureThreshold', 'timeoutSeconds'] as const) {
      if (probe[field]) parts.push(complaint(`${field} is disallowed when periodSeconds is zero`, field))
    }
  }
  return FieldErrors.all(parts)
}

type NumberField =
  | 'periodSeconds'
  | 'initialDelaySeconds'
  | 'successThreshold'
  | 'timeoutSeconds'
  | 'failureThreshold'

function validateHandlers(probe: V1Probe): FieldErrors {
  const set = probeHandlers.filter((handler) => isSet(probe[handler]))
  const parts = [checkDisallowedFields(probe, probeMask)]
  for (const handler of set) {
    parts.push(checkDisallowedFields(probe[handler] ?? {}, probeHandlerMasks[handler]).viaField(handler))
  }
  if (set.length === 0) parts.push(missingOneOf(...probeHandlers))
  if (set.length > 1)
    parts.push(multipleOneOf(...set.map((handler) => (handler === 'grpc' ? 'gRPC' : handler))))
  return FieldErrors.all(parts)
}

function isNumber(text: string): boolean {
  return /^[0-9]+$/.test(text)
}
