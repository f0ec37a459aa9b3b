/** How much may wait at once; all numbers are at least 1. */
export interface QueueLimits {
  /** Requests of all revisions together. */
  readonly maxRequests: number
  /** Memory of all revisions' requests together. */
  readonly maxBytes: number
  readonly maxRequestsPerRevision: number
  readonly maxBytesPerRevision: number
}

/** What one queue holds now. */
export interface QueueUse {
  readonly size: number
  readonly bytes: number
}

/** What all queues of the activator may hold together and apart. Limits may change at any time; who waits already stays. */
export class QueueBudget {
  readonly #limits: () => QueueLimits
  #requests = 0
  #bytes = 0

  /** @param limits in force now */
  constructor(limits: () => QueueLimits) {
    this.#limits = limits
  }

  /** Requests that wait, of all revisions. */
  get requests(): number {
    return this.#requests
  }

  /** Bytes that wait, of all revisions. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether a request of `bytes` would fit if nobody waited in `queue`; what other queues hold stays. */
  couldAdmit(queue: QueueUse, bytes: number): boolean {
    const limits = this.#limits()
    return (
      bytes <= limits.maxBytesPerRevision &&
      this.#requests - queue.size < limits.maxRequests &&
      this.#bytes - queue.bytes + bytes <= limits.maxBytes
    )
  }

  /** Whether a request of `bytes` fits into `queue` now. */
  admits(queue: QueueUse, bytes: number): boolean {
    const limits = this.#limits()
    return (
      queue.size < limits.maxRequestsPerRevision &&
      this.#requests < limits.maxRequests &&
      queue.bytes + bytes <= limits.maxBytesPerRevision &&
      this.#bytes + bytes <= limits.maxBytes
    )
  }

  /** A request of `bytes` begins to wait. */
  take(bytes: number): void {
    this.#requests++
    this.#bytes += bytes
  }

  /** A request of `bytes` no longer waits. */
  giveBack(bytes: number): void {
    this.#requests--
    this.#bytes -= bytes
  }
}
