const generousBytes = 256 << 10
const modestBytes = 32 << 10
/** How many generous buffers may be in use at once. */
const maxGenerous = 12
/** Modest buffers kept for whoever needs one next. */
const maxSpareModest = 256

const spareGenerous: Buffer[] = []
const spareModest: Buffer[] = []
let generousInUse = 0

/** Memory to read a large message into: the first few in use at once are generous, so that many can't add up to much. */
export function takeLargeBuffer(): Buffer {
  if (generousInUse === maxGenerous) return spareModest.pop() ?? Buffer.allocUnsafeSlow(modestBytes)
  generousInUse++
  return spareGenerous.pop() ?? Buffer.allocUnsafeSlow(generousBytes)
}

/** Gives one back, for others to use. */
export function giveLargeBuffer(buffer: Buffer): void {
  if (buffer.length === generousBytes) {
    generousInUse--
    spareGenerous.push(buffer)
  } else if (spareModest.length < maxSpareModest) spareModest.push(buffer)
}

/** Leaves one to whoever else refers to it, and then to garbage collection. */
export function leaveLargeBuffer(buffer: Buffer): void {
  if (buffer.length === generousBytes) generousInUse--
}
