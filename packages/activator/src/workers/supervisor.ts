import type { Clock } from '@knative-ts/clock'
import type { Logger } from '@knative-ts/observability'
import type { SupervisorMessage, WorkerMessage } from './messages.ts'

/** A worker process, as the supervisor sees it. */
export interface WorkerProcess {
  readonly send: (message: SupervisorMessage) => void
}

export interface SupervisorOptions {
  readonly count: number
  readonly clock: Clock
  readonly logger: Logger
  /** Starts worker `index`; what it says and its end are to be told to the supervisor. */
  readonly fork: (index: number) => WorkerProcess
}

interface Seat {
  process: WorkerProcess | undefined
  listening: boolean
  connected: boolean
}

/** A worker that dies isn't replaced more often than this. */
const restartMs = 1000

/**
 * Keeps `count` workers running and tells them whether all are ready, since a probe meets any of them. What keeps a worker from
 * starting the first time ends the activator, as it would a single process; a worker that dies later is replaced.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #seats: readonly Seat[]
  readonly #ended = Promise.withResolvers<number>()
  #allStarted = false
  #ready = false
  #draining = false
  #failed = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#seats = Array.from({ length: options.count }, () => ({
      process: undefined,
      listening: false,
      connected: false,
    }))
  }

  /** Resolves to the exit code when no worker is left, or when the activator can't start. */
  get ended(): Promise<number> {
    return this.#ended.promise
  }

  /** Starts all workers. */
  start(): void {
    for (const index of this.#seats.keys()) this.#fork(index)
  }

  /** Tells every worker to leave in good order; none is replaced any more. */
  drain(): void {
    this.#draining = true
    for (const { process } of this.#seats) process?.send({ kind: 'drain' })
    this.#endIfEmpty()
  }

  /** A worker said something. */
  told(index: number, message: WorkerMessage): void {
    const seat = this.#seats[index]!
    if (message.kind === 'listening') {
      seat.listening = true
      seat.process?.send({ kind: 'all-ready', ready: this.#ready })
      this.#allStarted ||= this.#seats.every(({ listening }) => listening)
    } else if (message.kind === 'connected') seat.connected = message.connected
    this.#tellReadiness()
  }

  /** A worker process is gone. */
  exited(index: number, code: number | null, signal: string | null): void {
    const seat = this.#seats[index]!
    seat.process = undefined
    seat.listening = false
    seat.connected = false
    this.#tellReadiness()
    if (this.#draining) {
      this.#failed ||= code !== 0
      this.#endIfEmpty()
    } else if (!this.#allStarted) this.#ended.resolve(code || 1)
    else {
      const { clock, logger } = this.#options
      logger.error('a worker died; starting another', { worker: index, code, signal })
      clock.after(restartMs, () => this.#fork(index))
    }
  }

  #fork(index: number): void {
    if (!this.#draining) this.#seats[index]!.process = this.#options.fork(index)
  }

  #tellReadiness(): void {
    const ready = this.#seats.every(({ listening, connected }) => listening && connected)
    if (ready === this.#ready) return
    this.#ready = ready
    if (ready) this.#options.logger.info('all workers are ready')
    for (const { process } of this.#seats) process?.send({ kind: 'all-ready', ready })
  }

  #endIfEmpty(): void {
    if (this.#seats.every(({ process }) => process === undefined)) this.#ended.resolve(this.#failed ? 1 : 0)
  }
}
