export type { AnyValue, Codec, ValueOf, WireType } from './codec.ts'
export {
  any,
  type Field,
  type Fields,
  field,
  type Message,
  type MessageValue,
  map,
  message,
  PackedBytes,
  pack,
  preEncoded,
  repeated,
} from './message.ts'
export { bool, bytes, double, enumeration, int32, int64, string, uint32, uint64 } from './scalars.ts'
export { boolValue, duration, durationOf, uint32Value } from './well-known.ts'
