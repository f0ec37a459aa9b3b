import { XdsDecodeError, XdsEncodeError } from '../errors.ts'
import type { Codec } from './codec.ts'

export const string: Codec<string> = {
  protoType: 'string',
  wireType: 2,
  write: (writer, value) => writer.string(value),
  read: (reader) => reader.string(),
}

export const bytes: Codec<Uint8Array> = {
  protoType: 'bytes',
  wireType: 2,
  write: (writer, value) => writer.bytes(value),
  read: (reader) => reader.bytes(),
}

export const bool: Codec<boolean> = {
  protoType: 'bool',
  wireType: 0,
  write: (writer, value) => writer.varint(value ? 1 : 0),
  read: (reader) => reader.varint() !== 0,
}

export const double: Codec<number> = {
  protoType: 'double',
  wireType: 1,
  write: (writer, value) => writer.double(value),
  read: (reader) => reader.double(),
}

export const uint32 = unsigned('uint32', 2 ** 32 - 1)
/** Only values a double holds exactly. */
export const uint64 = unsigned('uint64', Number.MAX_SAFE_INTEGER)
/** Only the non-negative half, all that Envoy's status codes and nanoseconds need. */
export const int32 = unsigned('int32', 2 ** 31 - 1)
export const int64 = unsigned('int64', Number.MAX_SAFE_INTEGER)

function unsigned(protoType: string, max: number): Codec<number> {
  return {
    protoType,
    wireType: 0,
    write: (writer, value) => {
      if (!Number.isInteger(value) || value < 0 || value > max) {
        throw new XdsEncodeError(protoType, `${value} is not an integer from 0 to ${max}`)
      }
      writer.varint(value)
    },
    read: (reader) => reader.varint(),
  }
}

/** An enumeration whose values are written by name, as in proto3 JSON. */
export function enumeration<const E extends Readonly<Record<string, number>>>(
  protoType: string,
  numbers: E,
): Codec<keyof E & string> & { readonly numbers: E } {
  const names = new Map(Object.entries(numbers).map(([name, number]) => [number, name]))
  return {
    protoType,
    wireType: 0,
    numbers,
    write: (writer, value) => writer.varint(numbers[value]!),
    read: (reader) => {
      const number = reader.varint()
      const name = names.get(number)
      if (name === undefined) throw new XdsDecodeError(`${protoType} has no value ${number}`)
      return name
    },
  }
}
