import type { FieldError } from './meta/field-error.ts'
import { fieldErrorMessage } from './meta/field-error.ts'

/** Why a server could not start. */
export type StartErrorCode = 'AddressInUse' | 'StateInUse' | 'StateUnreadable'

/** A server that could not start; the message names the cure. */
export class ApiServerStartError extends Error {
  readonly code: StartErrorCode

  constructor(code: StartErrorCode, message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'ApiServerStartError'
    this.code = code
  }
}

/** The `reason` of every Status this server answers with. */
export type StatusReason =
  | 'AlreadyExists'
  | 'BadRequest'
  | 'Conflict'
  | 'Expired'
  | 'Forbidden'
  | 'InternalError'
  | 'Invalid'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'NotFound'
  | 'RequestEntityTooLarge'
  | 'ServiceUnavailable'
  | 'TooManyRequests'
  | 'Unauthorized'
  | 'UnsupportedMediaType'

/** One entry of `status.details.causes`. */
export interface StatusCause {
  reason: string
  message: string
  field?: string
}

/** `status.details`: what the failed request was about. */
export interface StatusDetails {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: StatusCause[]
  retryAfterSeconds?: number
}

/** The wire form of a failure (or, for some deletes, of success). */
export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: Record<string, never>
  status: 'Failure' | 'Success'
  message?: string
  reason?: string
  details?: StatusDetails
  code?: number
}

/** A request that fails with a Kubernetes Status; `code` is its reason. */
export class ApiError extends Error {
  readonly code: string
  readonly httpCode: number
  readonly details: StatusDetails | undefined

  constructor(httpCode: number, reason: string, message: string, details?: StatusDetails) {
    super(message)
    this.name = 'ApiError'
    this.httpCode = httpCode
    this.code = reason
    this.details = details
  }

  /** The body of the answer. */
  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.code ? { reason: this.code } : {}),
      ...(this.details ? { details: this.details } : {}),
      code: this.httpCode,
    }
  }
}

/** What an error message calls a resource or kind: `deployments.apps`, but plain `pods` in the core group. */
export function qualified(name: string, group: string): string {
  return group ? `${name}.${group}` : name
}

const failure =
  (httpCode: number, reason: StatusReason) =>
  (message: string, details?: StatusDetails): ApiError =>
    new ApiError(httpCode, reason, message, details)

/** Builders for failures that name no object. Each takes the message and, optionally, details. */
export const badRequest = failure(400, 'BadRequest')
export const unauthorized = failure(401, 'Unauthorized')
export const forbidden = failure(403, 'Forbidden')
export const pathNotFound = failure(404, 'NotFound')
export const methodNotAllowed = failure(405, 'MethodNotAllowed')
export const notAcceptable = failure(406, 'NotAcceptable')
export const expired = failure(410, 'Expired')
export const tooLarge = failure(413, 'RequestEntityTooLarge')
export const unsupportedMediaType = failure(415, 'UnsupportedMediaType')
export const tooManyRequests = failure(429, 'TooManyRequests')
export const internalError = failure(500, 'InternalError')
export const serviceUnavailable = failure(503, 'ServiceUnavailable')

/** Names a resource in errors: group and plural. */
export interface ResourceName {
  readonly group: string
  readonly plural: string
}

/** Names a kind in errors: group and kind. */
export interface KindName {
  readonly group: string
  readonly kind: string
}

function detailsOf(resource: ResourceName, name: string): StatusDetails {
  return { name, ...(resource.group ? { group: resource.group } : {}), kind: resource.plural }
}

/** 404 for an object that does not exist. */
export function notFound(resource: ResourceName, name: string): ApiError {
  const message = `${qualified(resource.plural, resource.group)} "${name}" not found`
  return new ApiError(404, 'NotFound', message, detailsOf(resource, name))
}

/** 409 for a create whose name is taken. */
export function alreadyExists(resource: ResourceName, name: string): ApiError {
  const message = `${qualified(resource.plural, resource.group)} "${name}" already exists`
  return new ApiError(409, 'AlreadyExists', message, detailsOf(resource, name))
}

/** 409 for a write that lost a race; `why` ends the sentence. */
export function conflict(resource: ResourceName, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(resource.plural, resource.group)} "${name}": ${why}`
  return new ApiError(409, 'Conflict', message, detailsOf(resource, name))
}

/** The reason given when a stale object is written. */
export const staleObject =
  'the object has been modified; please apply your changes to the latest version and try again'

/** 403 that names an object. */
export function forbiddenObject(resource: ResourceName, name: string, why: string): ApiError {
  const message = `${qualified(resource.plural, resource.group)} "${name}" is forbidden: ${why}`
  return new ApiError(403, 'Forbidden', message, detailsOf(resource, name))
}

/** 422 with one cause per field error. */
export function invalid(kind: KindName, name: string, errors: readonly FieldError[]): ApiError {
  const messages = errors.map(fieldErrorMessage)
  const list = messages.length === 1 ? messages[0] : `[${[...new Set(messages)].join(', ')}]`
  return new ApiError(422, 'Invalid', `${qualified(kind.kind, kind.group)} "${name}" is invalid: ${list}`, {
    name,
    ...(kind.group ? { group: kind.group } : {}),
    kind: kind.kind,
    causes: errors.map((error, i) => ({
      reason: error.reason,
      message: messages[i]!.slice(error.field.length + 2),
      field: error.field,
    })),
  })
}

/** Turns whatever was thrown into a failure that can be answered with. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  return internalError(`Internal error occurred: ${error instanceof Error ? error.message : String(error)}`)
}
