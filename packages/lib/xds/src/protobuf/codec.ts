import type { Reader } from './reader.ts'
import type { ReverseWriter } from './reverse-writer.ts'

/** Protobuf wire types: varint, 8 bytes, length-prefixed, 4 bytes. */
export type WireType = 0 | 1 | 2 | 5

/** How values of one protobuf type are written and read. */
export interface Codec<T> {
  /** Type name as a .proto file gives it. */
  readonly protoType: string
  readonly wireType: WireType
  write(writer: ReverseWriter, value: T): void
  read(reader: Reader): T
}

/** The values a codec carries. */
export type ValueOf<C> = C extends Codec<infer T> ? T : never

/** A message of the given type packed in a `google.protobuf.Any`, in the form proto3 JSON has for it. */
export interface AnyValue {
  readonly '@type': string
}
