import { formatFloat } from '../syntax/scalars.ts'
import { currentField, FieldErrors } from './field-errors.ts'

/** A value in Go's `%v` form. */
function text(value: string | number | boolean): string {
  return typeof value === 'number' ? formatFloat(value) : String(value)
}

export function missingField(...paths: string[]): FieldErrors {
  return FieldErrors.of('missing field(s)', paths)
}

export function disallowedFields(...paths: string[]): FieldErrors {
  return FieldErrors.of('must not set the field(s)', paths)
}

export function invalidValue(
  value: string | number | boolean,
  path: string = currentField,
  ...details: string[]
): FieldErrors {
  return FieldErrors.of(`invalid value: ${text(value)}`, [path], details.join(', '))
}

export function invalidKeyName(key: string, path: string = currentField, ...details: string[]): FieldErrors {
  return FieldErrors.of(`invalid key name "${key}"`, [path], details.join(', '))
}

export function missingOneOf(...paths: string[]): FieldErrors {
  return FieldErrors.of('expected exactly one, got neither', paths)
}

export function multipleOneOf(...paths: string[]): FieldErrors {
  return FieldErrors.of('expected exactly one, got both', paths)
}

export function outOfBounds(
  value: string | number,
  low: string | number,
  high: string | number,
  path: string = currentField,
): FieldErrors {
  return FieldErrors.of(`expected ${text(low)} <= ${text(value)} <= ${text(high)}`, [path])
}

export function complaint(message: string, path: string = currentField, details = ''): FieldErrors {
  return FieldErrors.of(message, [path], details)
}
