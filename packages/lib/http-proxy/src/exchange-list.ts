import type { ExchangeBase } from './exchange-base.ts'

/**
 * The exchanges under way. A `Set` would leave its outgrown tables behind, each a link to the next: once one of them is old, garbage
 * collection takes the exchanges of all later ones for alive, and promotes every other one.
 */
export class ExchangeList {
  #first: ExchangeBase | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds an exchange that is in no list. */
  add(exchange: ExchangeBase): void {
    const first = this.#first
    exchange.next = first
    if (first) first.previous = exchange
    this.#first = exchange
    this.#size++
  }

  /** Removes an exchange that is in this list. */
  remove(exchange: ExchangeBase): void {
    const { previous, next } = exchange
    if (previous) previous.next = next
    else this.#first = next
    if (next) next.previous = previous
    exchange.previous = undefined
    exchange.next = undefined
    this.#size--
  }

  *[Symbol.iterator](): IterableIterator<ExchangeBase> {
    let exchange = this.#first
    while (exchange) {
      // The one at hand may be removed meanwhile.
      const { next } = exchange
      yield exchange
      exchange = next
    }
  }
}
