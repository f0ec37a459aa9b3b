import { systemClock } from '@knative-ts/clock'
import type { Ending } from '../load/ending.ts'
import type { Plan } from '../load/plan.ts'
import { type Death, type Flight, type Verdict, verdictOf } from './verdict.ts'

/** Requests of one kind by verdict. */
export type Tally = Record<Verdict, number>

/** A request that broke, with what it was. */
export interface Breakage extends Flight {
  readonly kind: string
  readonly why: string
}

/** A process that ended without being told to. */
export interface Crash {
  readonly process: string
  readonly output: string
  readonly atMs: number
}

/** A pod that was told to drain. */
export interface Departure {
  readonly pod: string
  readonly atMs: number
}

/** Keeps account of every request of the soak, and of what happened to pods. */
export class Ledger {
  readonly #open = new Map<string, { plan: Plan; startMs: number; pods: string[] }>()
  readonly #done = new Map<string, { answered: number; aborted: number }>()
  readonly #broken: { kind: string; why: string; flight: Flight }[] = []
  readonly #deaths: Death[] = []
  readonly #crashes: Crash[] = []
  readonly #departures: Departure[] = []
  #next = 0
  #finished = 0

  /** Requests under way. */
  get open(): number {
    return this.#open.size
  }

  /** Requests that have ended. */
  get finished(): number {
    return this.#finished
  }

  get deaths(): readonly Death[] {
    return this.#deaths
  }

  get crashes(): readonly Crash[] {
    return this.#crashes
  }

  get departures(): readonly Departure[] {
    return this.#departures
  }

  /** A request is about to be sent; returns its id. */
  begin(plan: Plan): string {
    const id = String(++this.#next)
    this.#open.set(id, { plan, startMs: systemClock.monotonic(), pods: [] })
    return id
  }

  /** The request reached the user container of this pod. */
  arrived(id: string, pod: string): void {
    this.#open.get(id)?.pods.push(pod)
  }

  /** A process is being killed; to be called again, as the function that is returned, when it is gone. */
  killed(death: Omit<Death, 'goneMs'>): () => void {
    const index = this.#deaths.push({ ...death, goneMs: Number.POSITIVE_INFINITY }) - 1
    return () => {
      this.#deaths[index] = { ...death, goneMs: systemClock.monotonic() }
    }
  }

  crashed(crash: Crash): void {
    this.#crashes.push(crash)
  }

  departed(departure: Departure): void {
    this.#departures.push(departure)
  }

  end(id: string, ending: Ending): void {
    const { plan, startMs, pods } = this.#open.get(id)!
    this.#open.delete(id)
    this.#finished++
    const row = this.#done.get(plan.kind) ?? { answered: 0, aborted: 0 }
    this.#done.set(plan.kind, row)
    if (ending.kind === 'broken') {
      const flight = { revision: plan.revision, startMs, endMs: systemClock.monotonic(), pods }
      this.#broken.push({ kind: plan.kind, why: ending.why, flight })
    } else row[ending.kind]++
  }

  /** Verdicts by kind of request, as far as they can be told yet. */
  tallies(): Map<string, Tally> {
    const tallies = new Map<string, Tally>()
    for (const [kind, { answered, aborted }] of this.#done) {
      tallies.set(kind, { answered, aborted, held: 0, unlucky: 0, lost: 0 })
    }
    for (const { kind, flight, why } of this.#broken) {
      tallies.get(kind)![verdictOf({ kind: 'broken', why }, flight, this.#deaths)]++
    }
    return tallies
  }

  /** Requests that nothing excuses, those that never ended included. */
  lost(): Breakage[] {
    const broken = this.#broken
      .filter(({ flight, why }) => verdictOf({ kind: 'broken', why }, flight, this.#deaths) === 'lost')
      .map(({ kind, why, flight }) => ({ kind, why, ...flight }))
    const endMs = systemClock.monotonic()
    for (const { plan, startMs, pods } of this.#open.values()) {
      broken.push({ kind: plan.kind, why: 'never ended', revision: plan.revision, startMs, endMs, pods })
    }
    return broken
  }
}
