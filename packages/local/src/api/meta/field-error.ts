/** How a field is wrong, as the `reason` of a Status cause. */
export type FieldErrorReason =
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueInvalid'
  | 'FieldValueNotFound'
  | 'FieldValueNotSupported'
  | 'FieldValueRequired'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'

/** One thing wrong with one field. */
export interface FieldError {
  readonly reason: FieldErrorReason
  readonly field: string
  readonly value?: unknown
  readonly detail: string
}

const titles: Record<FieldErrorReason, string> = {
  FieldValueDuplicate: 'Duplicate value',
  FieldValueForbidden: 'Forbidden',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotFound: 'Not found',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueRequired: 'Required value',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
}

/** The field must be given. */
export function required(field: string, detail = ''): FieldError {
  return { reason: 'FieldValueRequired', field, detail }
}

/** The field's value breaks a rule. */
export function invalidValue(field: string, value: unknown, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', field, value, detail }
}

/** The field's value has the wrong JSON type. */
export function invalidType(field: string, value: unknown, detail: string): FieldError {
  return { reason: 'FieldValueTypeInvalid', field, value, detail }
}

/** The field's value is none of the allowed ones. */
export function notSupported(field: string, value: unknown, allowed: readonly unknown[]): FieldError {
  const list = allowed.map((item) => JSON.stringify(item)).join(', ')
  return { reason: 'FieldValueNotSupported', field, value, detail: `supported values: ${list}` }
}

/** The field may not be set, or not be changed. */
export function forbiddenField(field: string, detail: string): FieldError {
  return { reason: 'FieldValueForbidden', field, detail }
}

/** The value occurs twice where it may occur once. */
export function duplicate(field: string, value: unknown): FieldError {
  return { reason: 'FieldValueDuplicate', field, value, detail: '' }
}

/** The string is longer than `max` bytes. */
export function tooLong(field: string, max: number): FieldError {
  return { reason: 'FieldValueTooLong', field, detail: `may not be more than ${max} bytes` }
}

/** The list has more than `max` items. */
export function tooMany(field: string, count: number, max: number): FieldError {
  return { reason: 'FieldValueTooMany', field, value: count, detail: `must have at most ${max} items` }
}

const valueless: ReadonlySet<FieldErrorReason> = new Set([
  'FieldValueForbidden',
  'FieldValueRequired',
  'FieldValueTooLong',
])

/** The sentence Kubernetes prints: `spec.foo: Invalid value: 1: must be even`. */
export function fieldErrorMessage(error: FieldError): string {
  const head = `${error.field}: ${titles[error.reason]}`
  const value = valueless.has(error.reason) ? '' : `: ${valueText(error.value)}`
  return error.detail ? `${head}${value}: ${error.detail}` : `${head}${value}`
}

/** JSON, but for a bigint, which stands for one of Go's unsigned numbers and is shown in hexadecimal. */
function valueText(value: unknown): string {
  return typeof value === 'bigint' ? `0x${value.toString(16)}` : JSON.stringify(value ?? null)
}
