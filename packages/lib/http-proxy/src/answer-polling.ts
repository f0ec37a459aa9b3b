/** Turns of the event loop, which take a microsecond or two each when nothing happens. */
const maxTurns = 64
/** After how many requests without it polling is tried again at the latest. */
const maxSkipped = 1024

/**
 * Keeps the event loop from falling asleep for the moment that a fast answer takes: to sleep and be woken costs more than that, in time
 * and, on virtual machines, in CPU time. Only while requests come one by one, for else there is other work; and the more seldom the more
 * often it was in vain.
 */
export class AnswerPolling {
  readonly #nextTurn: (then: () => void) => void
  #waiting = 0
  /** Lately several waited at once. */
  #crowded = false
  #turnsLeft = 0
  #scheduled = false
  /** Requests still to go without polling. */
  #skip = 0
  /** Requests to skip when polling is next in vain. */
  #penalty = 1

  /** @param nextTurn calls something in the next turn of the event loop, which does not sleep before */
  constructor(nextTurn: (then: () => void) => void = setImmediate) {
    this.#nextTurn = nextTurn
  }

  /** A request was sent, whole. */
  sent(): void {
    this.#turnsLeft = 0
    if (++this.#waiting > 1) {
      this.#crowded = true
      return
    }
    if (this.#crowded) {
      this.#crowded = false
      return
    }
    if (this.#skip > 0) {
      this.#skip--
      return
    }
    this.#turnsLeft = maxTurns
    if (this.#scheduled) return
    this.#scheduled = true
    this.#nextTurn(this.#turn)
  }

  /** Its answer has begun, or won't come. */
  answered(): void {
    this.#waiting--
    if (this.#turnsLeft === 0) return
    this.#turnsLeft = 0
    this.#penalty = 1
  }

  readonly #turn = () => {
    if (this.#turnsLeft > 1) {
      this.#turnsLeft--
      this.#nextTurn(this.#turn)
      return
    }
    this.#scheduled = false
    if (this.#turnsLeft === 0) return
    this.#turnsLeft = 0
    this.#skip = this.#penalty
    this.#penalty = Math.min(this.#penalty * 2, maxSkipped)
  }
}
