import { systemClock } from '@knative-ts/clock'
import type { Ledger } from './accounts/ledger.ts'
import type { Ending } from './load/ending.ts'
import { broken } from './load/ending.ts'
import { Http1Sender } from './load/http1-sender.ts'
import { Http2Sender } from './load/http2-sender.ts'
import type { Plan, Planner } from './load/plan.ts'
import { Random } from './load/random.ts'
import { sendWebSocket } from './load/websocket-sender.ts'

/** Longest pause between two requests of one user. */
const thinkMs = 150
/** How long requests may take to end once no more are sent. */
const patienceMs = 90_000

/** Clients that send one request after the other, of every kind. */
export class Users {
  readonly #host: string
  readonly #ledger: Ledger
  readonly #planner: Planner
  readonly #http1: Http1Sender
  readonly #http2: Http2Sender

  constructor(host: string, ledger: Ledger, planner: Planner) {
    this.#planner = planner
    this.#host = host
    this.#ledger = ledger
    this.#http1 = new Http1Sender(host)
    this.#http2 = new Http2Sender(host)
  }

  /** Goes on until `signal` aborts and what is under way has ended, or has had its time. */
  async run(count: number, seed: number, signal: AbortSignal): Promise<void> {
    const all = Promise.all(
      Array.from({ length: count }, (_, i) => this.#user(new Random(seed * 1000 + i), signal)),
    )
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    const patience = new AbortController()
    await Promise.race([all, systemClock.sleep(patienceMs, patience.signal).catch(() => {})])
    patience.abort()
    this.#http1.close()
    this.#http2.close()
  }

  async #user(random: Random, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const plan = this.#planner.next(random)
      const id = this.#ledger.begin(plan)
      this.#ledger.end(id, await this.#send(plan, id))
      await systemClock.sleep(random.between(0, thinkMs))
    }
  }

  async #send(plan: Plan, id: string): Promise<Ending> {
    try {
      switch (plan.transport) {
        case 'http1':
          return await this.#http1.send(plan, id)
        case 'h2c':
          return await this.#http2.send(plan, id)
        case 'websocket':
          return await sendWebSocket(this.#host, plan, id)
      }
    } catch (error) {
      return broken(String(error))
    }
  }
}
