/** One field as it stands on the wire: its number, and either a number or bytes. */
export interface WireField {
  readonly number: number
  readonly value: Buffer | number
}

/** Splits a protobuf message into its fields. Throws `RangeError` when it is cut short or malformed. */
export function* readFields(message: Buffer): Generator<WireField> {
  let at = 0
  const take = (length: number): Buffer => {
    if (length < 0 || at + length > message.length) throw new RangeError('the protobuf message is cut short')
    at += length
    return message.subarray(at - length, at)
  }
  const varint = (): number => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = take(1)[0]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return Number(BigInt.asIntN(64, value))
    }
    throw new RangeError('a number in the protobuf message is too long')
  }
  while (at < message.length) {
    const tag = varint()
    const number = tag >>> 3
    switch (tag & 7) {
      case 0:
        yield { number, value: varint() }
        break
      case 1:
        yield { number, value: take(8).readDoubleLE() }
        break
      case 2:
        yield { number, value: take(varint()) }
        break
      case 5:
        yield { number, value: take(4).readFloatLE() }
        break
      default:
        throw new RangeError(`a field of the protobuf message has the unknown wire type ${tag & 7}`)
    }
  }
}
