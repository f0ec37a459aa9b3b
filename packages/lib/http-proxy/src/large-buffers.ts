/**
 * Leaves in one segment, with the head or the framing of a chunk before it. The kernel makes segments of up to 64 KiB; what is a little
 * more becomes two, and each may have to wake the other side.
 */
export const largeBufferBytes = 48 << 10
/** Kept for whoever needs one next: 3 MiB. */
const maxSpare = 64

const spare: Buffer[] = []

/** Memory to read a piece of a large message into; may be left to garbage collection. */
export function takeLargeBuffer(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(largeBufferBytes)
}

/** Gives one back, for others to use. */
export function giveLargeBuffer(buffer: Buffer): void {
  if (spare.length < maxSpare) spare.push(buffer)
}
