/**
 * Which of a fixed number of pods have room for another request: one bit each, so that finding the next
 * one looks at a thousand pods in 32 steps.
 */
export class FreeSlots {
  readonly #words: Int32Array

  constructor(size: number) {
    this.#words = new Int32Array((size + 31) >>> 5)
  }

  /** Marks pod `index` as having room, or as full. */
  set(index: number, free: boolean): void {
    const word = index >>> 5
    const bit = 1 << (index & 31)
    if (free) this.#words[word]! |= bit
    else this.#words[word]! &= ~bit
  }

  /** The first pod with room at or after `from`, or −1. */
  nextFrom(from: number): number {
    let word = from >>> 5
    if (word >= this.#words.length) return -1
    let bits = this.#words[word]! & (-1 << (from & 31))
    while (bits === 0) {
      if (++word === this.#words.length) return -1
      bits = this.#words[word]!
    }
    return (word << 5) + 31 - Math.clz32(bits & -bits)
  }
}
