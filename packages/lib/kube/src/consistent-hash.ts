const universe = 2048n
const mask = (1n << 64n) - 1n
const fnvOffset = 0xcbf29ce484222325n
const fnvPrime = 0x100000001b3n

/** FNV-1a, 64 bits, over the UTF-8 bytes of `text`. */
export function fnv1a64(text: string): bigint {
  let hash = fnvOffset
  for (const byte of Buffer.from(text, 'utf8')) hash = ((hash ^ BigInt(byte)) * fnvPrime) & mask
  return hash
}

/**
 * Chooses `n` of `names` for `key` so that the choice changes little when names come and go: names sit on
 * a ring of 2048 slots, and the key walks it from its own start angle by its own step. The same rule picks
 * the bucket that owns a key (n = 1) and the activators of a revision.
 * @returns the chosen names, sorted; all of them if there are no more than `n`
 */
export function chooseSubset(names: Iterable<string>, n: number, key: string): string[] {
  const sorted = [...new Set(names)].sort()
  if (sorted.length <= n) return sorted

  const nameBySlot = new Map<number, string>()
  for (const name of sorted) {
    let buffer = name + key
    let hash = fnv1a64(buffer)
    while (nameBySlot.has(Number(hash % universe))) {
      buffer += hash.toString(16)
      hash = fnv1a64(buffer)
    }
    nameBySlot.set(Number(hash % universe), name)
  }

  const slots = [...nameBySlot.keys()].sort((a, b) => a - b)
  const step = Number(fnv1a64(`${key}step-angle-salt`) % universe)
  let angle = Number(fnv1a64(`${key}start-angle-salt`) % universe)
  const chosen = new Set<number>()
  while (chosen.size < n) {
    const first = slots.findIndex((slot) => slot >= angle)
    let index = Math.max(first, 0)
    while (chosen.has(slots[index]!)) index = (index + 1) % slots.length
    chosen.add(slots[index]!)
    angle = (angle + step) % Number(universe)
  }
  return [...chosen].map((slot) => nameBySlot.get(slot)!).sort()
}

/** The bucket that owns `key`. */
export function ownerOf(buckets: readonly string[], key: string): string {
  const [owner] = chooseSubset(buckets, 1, key)
  if (owner === undefined) throw new Error('ownerOf needs at least one bucket')
  return owner
}
