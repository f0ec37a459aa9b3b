import { XdsEncodeError } from '../errors.ts'
import type { Codec } from './codec.ts'
import { type Field, field, message } from './message.ts'
import { bool, int32, int64, uint32 } from './scalars.ts'

const durationFields = message('google.protobuf.Duration', {
  seconds: field(1, int64),
  nanos: field(2, int32),
})

/** `google.protobuf.Duration` in its JSON form: decimal seconds and `s`, e.g. `0.25s`. Not negative. */
export const duration: Codec<string> = {
  protoType: durationFields.protoType,
  wireType: 2,
  write: (writer, value) => {
    const parts = /^(\d+)(?:\.(\d{1,9}))?s$/.exec(value)
    if (!parts) throw new XdsEncodeError(durationFields.protoType, `"${value}" is not like "1.5s"`)
    const nanos = Number((parts[2] ?? '').padEnd(9, '0'))
    durationFields.write(writer, { seconds: Number(parts[1]), ...(nanos > 0 ? { nanos } : {}) })
  },
  read: (reader) => {
    const { seconds = 0, nanos = 0 } = durationFields.read(reader)
    const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`
    return `${seconds}${fraction}s`
  },
}

/** A duration given in milliseconds, for fields of type `duration`. */
export function durationOf(ms: number): string {
  return `${(ms / 1000).toFixed(9).replace(/\.?0+$/, '')}s`
}

export const uint32Value = wrapper('google.protobuf.UInt32Value', uint32)
export const boolValue = wrapper('google.protobuf.BoolValue', bool)

/** A wrapper message, which JSON writes as the bare value. */
function wrapper<T>(protoType: string, codec: Codec<T>): Codec<T> {
  const fields: { value: Field<T> } = { value: field(1, codec) }
  const wrapped = message(protoType, fields)
  const absent = codec.protoType === 'bool' ? false : 0
  return {
    protoType,
    wireType: 2,
    write: (writer, value) => wrapped.write(writer, { value } as Parameters<typeof wrapped.write>[1]),
    read: (reader) => (wrapped.read(reader).value ?? absent) as T,
  }
}
