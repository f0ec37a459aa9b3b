import { ApiError, badRequest, unsupportedMediaType } from '../errors.ts'
import { isRecord, type JsonRecord } from '../meta/kube-object.ts'
import { readFields, type WireField } from './proto-reader.ts'
import { wireKinds, wireMessages } from './wire-messages.ts'

const magic = Buffer.from('k8s\0')

/** Go embeds these structs, so that in JSON their fields stand beside their neighbours'. */
const embedded = new Set([
  'ephemeralContainerCommon',
  'handler',
  'ingressRuleValue',
  'localObjectReference',
  'volumeSource',
])

/** Numbers for which zero is a value and not an absence: pointers in Go. */
const meaningfulZeros = new Set([
  'activeDeadlineSeconds',
  'averageUtilization',
  'backoffLimit',
  'completions',
  'defaultMode',
  'expirationSeconds',
  'gracePeriodSeconds',
  'intVal',
  'minReplicas',
  'mode',
  'parallelism',
  'progressDeadlineSeconds',
  'replicas',
  'revisionHistoryLimit',
  'runAsGroup',
  'runAsUser',
  'fsGroup',
  'stabilizationWindowSeconds',
  'terminationGracePeriodSeconds',
  'ttlSecondsAfterFinished',
])

/** Flags for which false is a value: pointers in Go. */
const meaningfulFalse = new Set([
  'allocateLoadBalancerNodePorts',
  'allowPrivilegeEscalation',
  'automountServiceAccountToken',
  'enableServiceLinks',
  'hostUsers',
  'immutable',
  'manualSelector',
  'optional',
  'orphanDependents',
  'privileged',
  'readOnlyRootFilesystem',
  'runAsNonRoot',
  'setHostnameAsFQDN',
  'shareProcessNamespace',
  'suspend',
])

/**
 * Decodes a body in Kubernetes' protobuf envelope into the JSON form of its object. Throws 415 for kinds that
 * are not known in this form, and 400 for what cannot be read.
 */
export function decodeProtobuf(body: Buffer): JsonRecord {
  if (!body.subarray(0, magic.length).equals(magic))
    throw badRequest('the body is not a Kubernetes protobuf message')
  try {
    const envelope = fieldsByNumber(body.subarray(magic.length))
    const type = fieldsByNumber(envelope.get(1) ?? Buffer.alloc(0))
    const [apiVersion, kind] = [String(type.get(1) ?? ''), String(type.get(2) ?? '')]
    const message = kind === 'DeleteOptions' ? 'DeleteOptions' : wireKinds[`${apiVersion} ${kind}`]
    if (!message) {
      throw unsupportedMediaType(
        `${kind} in version ${JSON.stringify(apiVersion)} cannot be read as protobuf here - send application/json`,
      )
    }
    return { apiVersion, kind, ...decodeMessage(envelope.get(2) ?? Buffer.alloc(0), message) }
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw badRequest(
      `the protobuf body cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function fieldsByNumber(message: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>()
  for (const { number, value } of readFields(message)) if (Buffer.isBuffer(value)) fields.set(number, value)
  return fields
}

interface FieldRule {
  readonly name: string
  readonly type: string
  readonly shape: 'map' | 'one' | 'repeated'
}

const rules = new Map<string, ReadonlyMap<number, FieldRule>>()

function rulesOf(message: string): ReadonlyMap<number, FieldRule> {
  let known = rules.get(message)
  if (!known) {
    known = new Map(
      (wireMessages[message] ?? '')
        .split(' ')
        .filter(Boolean)
        .map((text) => {
          const [number, name = '', type = ''] = text.split(':')
          const shape = type.startsWith('[]') ? 'repeated' : type.startsWith('{}') ? 'map' : 'one'
          return [Number(number), { name, type: shape === 'one' ? type : type.slice(2), shape }]
        }),
    )
    rules.set(message, known)
  }
  return known
}

function decodeMessage(bytes: Buffer, message: string): JsonRecord {
  const result: JsonRecord = {}
  const known = rulesOf(message)
  for (const field of readFields(bytes)) {
    const rule = known.get(field.number)
    if (!rule) continue
    const { name, type, shape } = rule
    if (shape === 'map') {
      const entry = mapEntry(field, type)
      result[name] = { ...(isRecord(result[name]) ? result[name] : {}), ...entry }
    } else if (shape === 'repeated') {
      const list = Array.isArray(result[name]) ? result[name] : []
      list.push(decodeValue(field, type))
      result[name] = list
    } else {
      const value = decodeValue(field, type)
      if (embedded.has(name) && isRecord(value)) Object.assign(result, value)
      else if (!isAbsent(name, type, value)) result[name] = value
    }
  }
  return result
}

/** Go sends fields that are not pointers even when they hold nothing. */
function isAbsent(name: string, type: string, value: unknown): boolean {
  if (value === undefined || value === '') return true
  if (value === 0) return !meaningfulZeros.has(name)
  if (value === false) return !meaningfulFalse.has(name)
  return isRecord(value) && Object.keys(value).length === 0 && emptyIsAbsent.has(type)
}

/** Structs that are not pointers and mean nothing when empty. */
const emptyIsAbsent = new Set(['DeploymentStrategy', 'NamespaceSpec', 'ObjectMeta', 'ResourceRequirements'])

function mapEntry({ value }: WireField, type: string): JsonRecord {
  if (!Buffer.isBuffer(value)) throw new RangeError('a map entry is not a message')
  let key = ''
  let entry: unknown = type === 'string' || type === 'bytes' ? '' : {}
  for (const field of readFields(value)) {
    if (field.number === 1) key = String(field.value)
    else if (field.number === 2) entry = decodeValue(field, type)
  }
  return { [key]: entry }
}

function decodeValue({ value }: WireField, type: string): unknown {
  if (!Buffer.isBuffer(value)) return type === 'bool' ? value !== 0 : value
  switch (type) {
    case 'string':
      return value.toString('utf8')
    case 'bytes':
      return value.toString('base64')
    case 'Quantity':
      return fieldsByNumber(value).get(1)?.toString('utf8') ?? '0'
    case 'Time':
    case 'MicroTime':
      return decodeTime(value, type === 'MicroTime')
    case 'IntOrString':
      return decodeIntOrString(value)
    case 'FieldsV1':
    case 'RawExtension':
      return JSON.parse(fieldsByNumber(value).get(1)?.toString('utf8') || 'null')
    case 'ExtraValue':
    case 'AuthenticationExtraValue':
      return decodeMessage(value, type)['items'] ?? []
    default:
      return decodeMessage(value, type)
  }
}

function decodeTime(bytes: Buffer, fine: boolean): string | undefined {
  let [seconds, nanos] = [0, 0]
  for (const { number, value } of readFields(bytes)) {
    if (number === 1) seconds = Number(value)
    else if (number === 2) nanos = Number(value)
  }
  if (bytes.length === 0) return undefined
  const text = new Date(seconds * 1000).toISOString().slice(0, 19)
  return fine ? `${text}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z` : `${text}Z`
}

function decodeIntOrString(bytes: Buffer): number | string {
  let [isString, number, text] = [false, 0, '']
  for (const field of readFields(bytes)) {
    if (field.number === 1) isString = field.value === 1
    else if (field.number === 2) number = Number(field.value)
    else if (field.number === 3) text = String(field.value)
  }
  return isString ? text : number
}
