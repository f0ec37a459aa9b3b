/** Every error this package throws, by its stable code. */
export type WebhookErrorCode = 'WEBHOOK_ENVIRONMENT' | 'WEBHOOK_DECODE' | 'WEBHOOK_REJECTED' | 'WEBHOOK_BODY'

/** An environment variable that is missing or wrong. */
export class EnvironmentError extends Error {
  readonly code = 'WEBHOOK_ENVIRONMENT' satisfies WebhookErrorCode

  constructor(name: string, problem: string) {
    super(`environment variable ${name} ${problem}`)
    this.name = 'EnvironmentError'
  }
}

/** An object whose fields do not have the types that its kind asks for. */
export class DecodeError extends Error {
  readonly code = 'WEBHOOK_DECODE' satisfies WebhookErrorCode

  constructor(path: string, wanted: string, value: unknown) {
    super(`cannot decode ${path === '' ? 'the object' : path}: want ${wanted}, got ${kindOf(value)}`)
    this.name = 'DecodeError'
  }
}

/** A request that must be denied; the message is what the client is told. */
export class RejectedError extends Error {
  readonly code = 'WEBHOOK_REJECTED' satisfies WebhookErrorCode

  constructor(message: string) {
    super(message)
    this.name = 'RejectedError'
  }
}

/** A request body that can't be used. */
export class BodyError extends Error {
  readonly code = 'WEBHOOK_BODY' satisfies WebhookErrorCode

  constructor(problem: string) {
    super(`could not decode body:${problem}`)
    this.name = 'BodyError'
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
