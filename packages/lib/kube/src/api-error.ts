/** Reasons the Kubernetes API gives for refusing a request, plus `Unreachable` for none at all. */
export type ApiErrorCode =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Expired'
  | 'Invalid'
  | 'Timeout'
  | 'ServerTimeout'
  | 'TooManyRequests'
  | 'InternalError'
  | 'ServiceUnavailable'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'UnsupportedMediaType'
  | 'RequestEntityTooLarge'
  | 'Unknown'
  | 'Unreachable'

/** A request that the API refused or that never got there; compare `code`. */
export class ApiError extends Error {
  readonly code: ApiErrorCode
  /** HTTP status, 0 when there was no answer. */
  readonly status: number
  /** Seconds after which the server asks to be tried again. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ApiErrorCode,
    message: string,
    options: { status?: number; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ApiError'
    this.code = code
    this.status = options.status ?? 0
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

const codesByStatus: Record<number, ApiErrorCode> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}

/** Builds the error from a `Status` body, or from the bare HTTP status where the body is none. */
export function apiErrorFrom(status: number, body: string): ApiError {
  const fallback = codesByStatus[status] ?? 'Unknown'
  try {
    const parsed: unknown = JSON.parse(body)
    if (isStatus(parsed)) {
      return new ApiError(
        (parsed.reason as ApiErrorCode) || fallback,
        parsed.message ?? `the server answered ${status}`,
        { status, retryAfterSeconds: parsed.details?.retryAfterSeconds },
      )
    }
  } catch {
    // Not JSON: a proxy or a webhook answered; its text is the message.
  }
  return new ApiError(fallback, body.trim() || `the server answered ${status}`, { status })
}

interface StatusBody {
  kind: 'Status'
  reason?: string
  message?: string
  details?: { retryAfterSeconds?: number }
}

function isStatus(value: unknown): value is StatusBody {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'Status'
}

/** The code of an ApiError, whichever copy of this package made it; undefined for anything else. */
export function apiErrorCode(error: unknown): ApiErrorCode | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { name, code } = error as { name?: unknown; code?: unknown }
  return name === 'ApiError' ? (code as ApiErrorCode) : undefined
}

export const isNotFound = (error: unknown): boolean => apiErrorCode(error) === 'NotFound'
export const isConflict = (error: unknown): boolean => apiErrorCode(error) === 'Conflict'
export const isAlreadyExists = (error: unknown): boolean => apiErrorCode(error) === 'AlreadyExists'
/** The requested resource version is too old to resume from. */
export const isExpired = (error: unknown): boolean => {
  const code = apiErrorCode(error)
  return code === 'Gone' || code === 'Expired'
}
