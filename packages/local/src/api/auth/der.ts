/** The few ASN.1 values, in DER, that a certificate is made of. */

function tagged(tag: number, content: Buffer): Buffer {
  const size = content.length
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), content])
  const length = size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts))
export const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, Buffer.concat(parts))
export const octetString = (content: Buffer): Buffer => tagged(0x04, content)
export const utf8String = (text: string): Buffer => tagged(0x0c, Buffer.from(text))
export const bool = (value: boolean): Buffer => tagged(0x01, Buffer.from([value ? 0xff : 0]))

/** A bit string with `unused` low bits of its last byte left out. */
export const bitString = (content: Buffer, unused = 0): Buffer =>
  tagged(0x03, Buffer.concat([Buffer.from([unused]), content]))

/** A context-specific tag: explicit (`constructed`) or implicit. */
export const context = (number: number, content: Buffer, constructed: boolean): Buffer =>
  tagged((constructed ? 0xa0 : 0x80) | number, content)

/** A non-negative integer from its big-endian bytes. */
export function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)
}

/** An object identifier such as `2.5.29.17`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return tagged(0x06, Buffer.from(bytes))
}

/** A time as GeneralizedTime, which certificates use from 2050 on, or UTCTime before. */
export function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`
  return Number(digits.slice(0, 4)) < 2050
    ? tagged(0x17, Buffer.from(digits.slice(2)))
    : tagged(0x18, Buffer.from(digits))
}

/** The inside of the outermost value of `der`, and what encloses it, split into its direct parts. */
export function partsOf(der: Buffer): Buffer[] {
  const parts: Buffer[] = []
  let at = headerLength(der, 0)
  const end = at + contentLength(der, 0)
  while (at < end) {
    const size = headerLength(der, at) + contentLength(der, at)
    parts.push(der.subarray(at, at + size))
    at += size
  }
  return parts

  function headerLength(data: Buffer, offset: number): number {
    const size = data[offset + 1]!
    return size < 0x80 ? 2 : 2 + (size & 0x7f)
  }
  function contentLength(data: Buffer, offset: number): number {
    const size = data[offset + 1]!
    return size < 0x80 ? size : data.readUIntBE(offset + 2, size & 0x7f)
  }
}
