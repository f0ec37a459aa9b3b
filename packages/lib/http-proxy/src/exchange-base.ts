import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { BodySink, Ending } from './exchange.ts'
import type { WebSocketFarewell } from './web-socket-farewell.ts'

/** What both kinds of exchange keep about their progress. */
export abstract class ExchangeBase {
  status = 0
  started = false
  upgraded = false
  bodyBytes = 0
  ending: Ending | undefined
  onActivity: (() => void) | undefined
  onBody: (() => void) | undefined
  onDrain: (() => void) | undefined
  farewell: WebSocketFarewell | undefined
  /** Neighbours in an `ExchangeList`. */
  previous: ExchangeBase | undefined
  next: ExchangeBase | undefined
  /** The connection it came by. */
  abstract readonly socket: Socket
  get tls(): TLSSocket | undefined {
    return 'encrypted' in this.socket ? (this.socket as TLSSocket) : undefined
  }

  #first: ((ending: Ending) => void) | undefined
  #others: ((ending: Ending) => void)[] | undefined

  onEnd(listener: (ending: Ending) => void): void {
    if (this.ending !== undefined) listener(this.ending)
    else if (!this.#first) this.#first = listener
    else if (this.#others) this.#others.push(listener)
    else this.#others = [listener]
  }

  /** The sink with `onBody` told of each piece, if anyone wants to know. */
  protected watched(sink: BodySink): BodySink {
    const { onBody } = this
    if (!onBody) return sink
    return {
      bodyChunk(chunk) {
        onBody()
        return sink.bodyChunk(chunk)
      },
      bodyEnd: (trailers) => sink.bodyEnd(trailers),
    }
  }

  /** Ends the exchange; only the first call counts. */
  protected finish(ending: Ending): void {
    if (this.ending !== undefined) return
    this.ending = ending
    this.#first?.(ending)
    this.#first = undefined
    if (this.#others) for (const listener of this.#others) listener(ending)
    this.#others = undefined
  }
}
