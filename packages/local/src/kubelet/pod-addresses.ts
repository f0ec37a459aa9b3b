/** Loopback addresses for pods; each pod has its own, so that all can listen on the same ports. */
export class PodAddresses {
  readonly #second: number
  readonly #used = new Set<string>()
  #next = 0

  /**
   * @param nodeAddress 127.0.0.N with N from 1 to 95; pods get 127.N.x.y, so that clusters with different
   * node addresses do not meet. 127.96.0.0/16 belongs to Services.
   */
  constructor(nodeAddress: string) {
    this.#second = Number(nodeAddress.split('.')[3])
  }

  /** An address that no living pod has; reuse is put off as long as possible. */
  allocate(): string {
    for (let tries = 0; tries < capacity; tries++) {
      const index = this.#next++ % capacity
      const address = `127.${this.#second}.${Math.floor(index / 254)}.${(index % 254) + 1}`
      if (this.#used.has(address)) continue
      this.#used.add(address)
      return address
    }
    throw new Error(`all ${capacity} pod addresses are in use`)
  }

  release(address: string): void {
    this.#used.delete(address)
  }
}

const capacity = 256 * 254
