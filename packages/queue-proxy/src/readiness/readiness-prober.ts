import type { Clock } from '@knative-ts/clock'
import { ProbeError } from '../errors.ts'
import type { ProbeSpec } from './probe-spec.ts'
import type { ProbeTry } from './probe-try.ts'

/** An aggressive run tries this often, for this long, giving each try this much; milliseconds. */
const aggressiveEveryMs = 50
const aggressiveForMs = 10_000
const aggressiveTryMs = 100
/** The user's container, just started, is tried this often for this long if a try is only a connection. */
const eagerEveryMs = 10
const eagerForMs = 1_000

/** Pauses between the questions of `untilReady` when the revision set a period; the least is that of an activator. */
const leastPacedMs = 200
const mostPacedMs = 1_000

/** What a `ReadinessProber` works with. */
export interface ReadinessProberOptions {
  readonly probes: readonly ProbeSpec[]
  readonly tryProbe: ProbeTry
  readonly clock: Clock
  /** Hears once per failed run why it failed. */
  readonly onFailure: (text: string) => void
}

/**
 * Tells whether the user's containers are ready, by probing them anew for each question. Questions asked while a run is under
 * way share its answer.
 */
export class ReadinessProber {
  readonly #clock: Clock
  readonly #tryProbe: ProbeTry
  readonly #onFailure: (text: string) => void
  readonly #containers: readonly { readonly probe: ProbeSpec; passes: number }[]
  #run: Promise<boolean> | undefined

  constructor(options: ReadinessProberOptions) {
    this.#clock = options.clock
    this.#tryProbe = options.tryProbe
    this.#onFailure = options.onFailure
    this.#containers = options.probes.map((probe) => ({ probe, passes: 0 }))
  }

  /** Whether all containers are ready. Never rejects; an aggressive run may take 10 s. */
  check(): Promise<boolean> {
    return this.#ask(false)
  }

  /**
   * Asks until the answer is yes, or `signal` aborts. Aggressive probes are asked again at once; others at a tenth of the time
   * waited so far, within bounds, so that a slow start is noticed soon and a container that never starts costs little.
   */
  async untilReady(signal: AbortSignal): Promise<boolean> {
    const paced = this.#containers.some(({ probe }) => !probe.aggressive)
    const startMs = this.#clock.monotonic()
    const waitedMs = () => this.#clock.monotonic() - startMs
    while (!signal.aborted) {
      if (await this.#ask(waitedMs() < eagerForMs)) return true
      const pauseMs = paced
        ? Math.min(Math.max(waitedMs() / 10, leastPacedMs), mostPacedMs)
        : aggressiveEveryMs
      await this.#clock.sleep(pauseMs, signal).catch(() => {})
    }
    return false
  }

  #ask(eager: boolean): Promise<boolean> {
    this.#run ??= this.#runAll(eager).finally(() => {
      this.#run = undefined
    })
    return this.#run
  }

  async #runAll(eager: boolean): Promise<boolean> {
    const results = await Promise.all(
      this.#containers.map((container) =>
        container.probe.aggressive ? this.#aggressive(container, eager) : this.#once(container.probe),
      ),
    )
    return results.every((passed) => passed)
  }

  /** The kubelet counts thresholds itself. */
  async #once(probe: ProbeSpec): Promise<boolean> {
    try {
      await this.#tryProbe(probe.action, probe.timeoutMs)
      return true
    } catch (error) {
      this.#onFailure(messageOf(error))
      return false
    }
  }

  async #aggressive(
    container: { readonly probe: ProbeSpec; passes: number },
    eager: boolean,
  ): Promise<boolean> {
    const { probe } = container
    const begunMs = this.#clock.monotonic()
    const endMs = begunMs + aggressiveForMs
    const eagerUntilMs = eager && probe.action.kind === 'tcpSocket' ? begunMs + eagerForMs : begunMs
    let failures = 0
    let last: unknown = new ProbeError('no try was made')
    for (;;) {
      const startMs = this.#clock.monotonic()
      try {
        await this.#tryProbe(probe.action, aggressiveTryMs)
        container.passes++
        if (container.passes >= probe.successThreshold) return true
      } catch (error) {
        container.passes = 0
        failures++
        last = error
      }
      const everyMs = startMs < eagerUntilMs ? eagerEveryMs : aggressiveEveryMs
      const nextMs = Math.max(startMs + everyMs, this.#clock.monotonic())
      if (nextMs >= endMs) break
      await this.#clock.sleep(nextMs - this.#clock.monotonic())
    }
    this.#onFailure(`aggressive probe error (failed ${failures} times): ${messageOf(last)}`)
    return false
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
