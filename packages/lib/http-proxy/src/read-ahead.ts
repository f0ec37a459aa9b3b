/** Bytes read ahead while a request waits for somebody to take its body, or the next request for its turn. */
export const readAheadBytes = 64 << 10
/** How far one connection may go beyond that while its request waits, and all of them together, bytes. */
const extraBytes = 1 << 20
const sharedExtraBytes = 16 << 20

let taken = 0

/**
 * How much one connection reads ahead. Only who reads sees a client leave behind what it has sent, so a request that waits with a body
 * may take in more than others, as long as all of them stay within a common bound.
 */
export class ReadAhead {
  #extra = 0

  /** Whether to go on reading with `bytes` read and not taken. @param waits whether they are of a body that nobody takes yet */
  admits(bytes: number, waits: boolean): boolean {
    while (bytes >= readAheadBytes + this.#extra) {
      if (!waits || this.#extra >= extraBytes || taken + readAheadBytes > sharedExtraBytes) return false
      this.#extra += readAheadBytes
      taken += readAheadBytes
    }
    return true
  }

  /** Everything read was taken, or given up. */
  done(): void {
    taken -= this.#extra
    this.#extra = 0
  }
}
