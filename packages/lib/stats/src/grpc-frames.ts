import { StatsError, statsErrorCodes } from './errors.ts'

const headerLength = 5

/** Largest message accepted, bytes; an activator's batch of 10,000 revisions stays below it. */
export const maxMessageLength = 4 * 1024 * 1024

/** A message with gRPC's five-byte prefix: uncompressed, length. */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(headerLength + message.length)
  framed[0] = 0
  framed.writeUInt32BE(message.length, 1)
  framed.set(message, headerLength)
  return framed
}

/** Cuts the bytes of a gRPC stream into messages, whatever pieces they arrive in. */
export class FrameReader {
  #pending: Buffer | undefined
  readonly #onMessage: (message: Uint8Array) => void

  constructor(onMessage: (message: Uint8Array) => void) {
    this.#onMessage = onMessage
  }

  /**
   * Takes the next bytes and hands out each message they complete.
   * @throws StatsError `STATS_BAD_FRAME` for a compressed or oversized message
   */
  push(chunk: Buffer): void {
    let rest = this.#pending ? Buffer.concat([this.#pending, chunk]) : chunk
    while (rest.length >= headerLength) {
      if (rest[0] !== 0) throw new StatsError(statsErrorCodes.badFrame, 'compressed message, expected none')
      const length = rest.readUInt32BE(1)
      if (length > maxMessageLength) {
        throw new StatsError(
          statsErrorCodes.badFrame,
          `message of ${length} bytes exceeds ${maxMessageLength}`,
        )
      }
      if (rest.length < headerLength + length) break
      this.#onMessage(rest.subarray(headerLength, headerLength + length))
      rest = rest.subarray(headerLength + length)
    }
    this.#pending = rest.length > 0 ? rest : undefined
  }
}
