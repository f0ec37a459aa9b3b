import { XdsDecodeError, XdsEncodeError } from '../errors.ts'
import type { AnyValue, Codec } from './codec.ts'
import { Reader } from './reader.ts'
import { ReverseWriter } from './reverse-writer.ts'
import { bytes, string } from './scalars.ts'

/** One field of a message: its number, its type and how often it may occur. */
export interface Field<T> {
  readonly number: number
  readonly label: 'optional' | 'repeated' | 'map'
  readonly codec: Codec<unknown>
  /** Never set; carries the value type for inference. */
  readonly value?: T
}

export type Fields = Readonly<Record<string, Field<unknown>>>

/** A message as its proto3 JSON form: every field optional, lowerCamelCase. */
export type MessageValue<F extends Fields> = {
  readonly [K in keyof F]?: F[K] extends Field<infer T> ? T : never
}

export interface Message<F extends Fields> extends Codec<MessageValue<F>> {
  readonly fields: F
  /** `type.googleapis.com/` and the message's name. */
  readonly typeUrl: string
  encode(value: MessageValue<F>): Uint8Array
  decode(bytes: Uint8Array): MessageValue<F>
}

export function field<T>(number: number, codec: Codec<T>): Field<T> {
  return { number, label: 'optional', codec: codec as Codec<unknown> }
}

export function repeated<T>(number: number, codec: Codec<T>): Field<readonly T[]> {
  return { number, label: 'repeated', codec: codec as Codec<unknown> }
}

/** A map with string keys. */
export function map<T>(number: number, codec: Codec<T>): Field<Readonly<Record<string, T>>> {
  return { number, label: 'map', codec: codec as Codec<unknown> }
}

/** Tag of the key in a map's entry message. */
const keyTag = 1 * 8 + 2

const typeUrlPrefix = 'type.googleapis.com/'
const registry = new Map<string, Codec<unknown>>()

/**
 * Declares a protobuf message. A field that is present is written even if it holds the type's default value,
 * which is what members of a oneof need; fields that are not declared are skipped when reading.
 */
export function message<F extends Fields>(protoType: string, fields: F): Message<F> {
  const byNumber = new Map(Object.entries(fields).map(([name, { number }]) => [number, name]))
  const descending = Object.entries(fields).sort(([, a], [, b]) => b.number - a.number)

  const writeFields = (writer: ReverseWriter, value: MessageValue<F>) => {
    for (const [name, { number, label, codec }] of descending) {
      const content = value[name]
      if (content === undefined) continue
      try {
        if (label === 'optional') {
          codec.write(writer, content)
          writer.varint(number * 8 + codec.wireType)
        } else if (label === 'repeated') {
          const items = content as readonly unknown[]
          for (let i = items.length - 1; i >= 0; i--) {
            codec.write(writer, items[i])
            writer.varint(number * 8 + codec.wireType)
          }
        } else {
          writeMap(writer, number, codec, content as Readonly<Record<string, unknown>>)
        }
      } catch (error) {
        throw new XdsEncodeError(
          `${protoType}.${name}`,
          error instanceof Error ? error.message : String(error),
        )
      }
    }
  }

  const readFields = (reader: Reader): MessageValue<F> => {
    const value: Record<string, unknown> = {}
    while (!reader.done) {
      const tag = reader.varint()
      const wireType = tag % 8
      const name = byNumber.get(Math.floor(tag / 8))
      const known = name === undefined ? undefined : fields[name]
      if (name === undefined || !known) reader.skip(wireType)
      else if (wireType !== (known.label === 'map' ? 2 : known.codec.wireType)) {
        throw new XdsDecodeError(`${protoType}.${name} has wire type ${wireType}`)
      } else readField(reader, known, value, name)
    }
    return value as MessageValue<F>
  }

  const self: Message<F> = {
    protoType,
    fields,
    typeUrl: typeUrlPrefix + protoType,
    wireType: 2,
    write: (writer, value) => {
      const before = writer.length
      writeFields(writer, value)
      writer.varint(writer.length - before)
    },
    read: (reader) => readFields(reader.nested()),
    encode: (value) => {
      const writer = new ReverseWriter()
      writeFields(writer, value)
      return writer.finish()
    },
    decode: (encoded) => readFields(new Reader(encoded)),
  }
  registry.set(self.typeUrl, self as Codec<unknown>)
  return self
}

function writeMap(
  writer: ReverseWriter,
  number: number,
  codec: Codec<unknown>,
  entries: Readonly<Record<string, unknown>>,
): void {
  for (const key of Object.keys(entries).sort().reverse()) {
    const before = writer.length
    codec.write(writer, entries[key])
    writer.varint(2 * 8 + codec.wireType)
    writer.string(key)
    writer.varint(keyTag)
    writer.varint(writer.length - before)
    writer.varint(number * 8 + 2)
  }
}

function readField(
  reader: Reader,
  known: Field<unknown>,
  value: Record<string, unknown>,
  name: string,
): void {
  if (known.label === 'optional') {
    value[name] = known.codec.read(reader)
  } else if (known.label === 'repeated') {
    const items = (value[name] ?? []) as unknown[]
    items.push(known.codec.read(reader))
    value[name] = items
  } else {
    const entries = (value[name] ?? {}) as Record<string, unknown>
    const entry = reader.nested()
    let key = ''
    let content: unknown
    while (!entry.done) {
      const tag = entry.varint()
      if (tag === keyTag) key = entry.string()
      else if (tag === 2 * 8 + known.codec.wireType) content = known.codec.read(entry)
      else entry.skip(tag % 8)
    }
    entries[key] = content
    value[name] = entries
  }
}

/** Packs a message for a field of type `google.protobuf.Any`. */
export function pack<F extends Fields>(type: Message<F>, value: MessageValue<F>): AnyValue & MessageValue<F> {
  return { '@type': type.typeUrl, ...value }
}

/** `google.protobuf.Any` holding any declared message, marked by `@type`. */
export const any: Codec<AnyValue> = {
  protoType: 'google.protobuf.Any',
  wireType: 2,
  write: (writer, value) => {
    const before = writer.length
    const type = registry.get(value['@type'])
    if (!type) throw new XdsEncodeError('google.protobuf.Any', `no message is declared for ${value['@type']}`)
    type.write(writer, value)
    writer.varint(2 * 8 + 2)
    writer.string(value['@type'])
    writer.varint(1 * 8 + 2)
    writer.varint(writer.length - before)
  },
  read: (reader) => {
    const { typeUrl = '', value = new Uint8Array() } = PackedBytes.read(reader)
    const type = registry.get(typeUrl) as Message<Fields> | undefined
    if (!type) throw new XdsDecodeError(`google.protobuf.Any holds ${typeUrl}, which is not declared`)
    return { '@type': typeUrl, ...type.decode(value) }
  },
}

/** `google.protobuf.Any` whose message is encoded already. */
export const PackedBytes = message('google.protobuf.Any', {
  typeUrl: field(1, string),
  value: field(2, bytes),
})

/**
 * The same message type with its value given as bytes from `encode`. For parts that are large, many and
 * shared, unchanged, by successive versions of their parent.
 */
export function preEncoded<F extends Fields>(type: Message<F>): Codec<Uint8Array> {
  return { protoType: type.protoType, wireType: 2, write: bytes.write, read: bytes.read }
}
