/** One connection under load. A `slot` is a place for one request at a time. */
export interface LoadClient {
  /** Sends a request in `slot`; the answer is told to the `Answered` it was made with. */
  send(slot: number): void
  close(): void
}

/** Hears of each answer; `ok` is false for any status other than 200. */
export type Answered = (slot: number, ok: boolean) => void
