import type { V1Container, V1Probe } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { ProbeResult } from './probe.ts'

/** Until a probe has passed for the first time it is tried this often, so that a pod is not ready late. */
const eagerPeriodMs = 100

export interface ContainerProbesOptions {
  container: V1Container
  clock: Clock
  run(probe: V1Probe, timeoutMs: number): Promise<ProbeResult>
  onReady(ready: boolean, why: string): void
  onStarted(): void
  /** Liveness or startup has failed for good: the container must be restarted. */
  onUnhealthy(kind: 'Liveness' | 'Startup', why: string): void
}

/** Runs the probes of one container run: startup holds back the other two until it has passed. */
export class ContainerProbes {
  readonly #options: ContainerProbesOptions
  readonly #abort = new AbortController()

  constructor(options: ContainerProbesOptions) {
    this.#options = options
  }

  start(): void {
    void this.#run().catch(() => {
      // Stopped: the waits reject.
    })
  }

  stop(): void {
    this.#abort.abort()
  }

  async #run(): Promise<void> {
    const { container, onReady, onStarted, onUnhealthy } = this.#options
    const { startupProbe, livenessProbe, readinessProbe } = container
    if (startupProbe) {
      const passed = await this.#untilPassed(startupProbe, (why) => onUnhealthy('Startup', why))
      if (!passed) return
    }
    onStarted()
    const loops: Promise<void>[] = []
    if (livenessProbe) loops.push(this.#loop(livenessProbe, undefined, (why) => onUnhealthy('Liveness', why)))
    if (readinessProbe) {
      loops.push(
        this.#loop(
          readinessProbe,
          () => onReady(true, ''),
          (why) => onReady(false, why),
        ),
      )
    } else onReady(true, '')
    await Promise.all(loops)
  }

  async #untilPassed(probe: V1Probe, onFailed: (why: string) => void): Promise<boolean> {
    await this.#sleep((probe.initialDelaySeconds ?? 0) * 1000)
    for (let failures = 0; ; ) {
      const result = await this.#once(probe)
      if (result.passed) return true
      failures++
      if (failures >= (probe.failureThreshold ?? 3)) {
        onFailed(result.message)
        return false
      }
      await this.#sleep((probe.periodSeconds ?? 10) * 1000)
    }
  }

  async #loop(
    probe: V1Probe,
    onPassed: (() => void) | undefined,
    onFailed: (why: string) => void,
  ): Promise<void> {
    await this.#sleep((probe.initialDelaySeconds ?? 0) * 1000)
    const periodMs = Math.max(1, probe.periodSeconds ?? 10) * 1000
    let passes = 0
    let failures = 0
    let hasPassed = false
    for (;;) {
      const result = await this.#once(probe)
      if (result.passed) {
        failures = 0
        if (++passes === (probe.successThreshold ?? 1)) onPassed?.()
        hasPassed ||= passes >= (probe.successThreshold ?? 1)
      } else {
        passes = 0
        if (++failures >= (probe.failureThreshold ?? 3)) onFailed(result.message)
      }
      const eager = onPassed !== undefined && !hasPassed
      await this.#sleep(eager ? Math.min(eagerPeriodMs, periodMs) : periodMs)
    }
  }

  async #once(probe: V1Probe): Promise<ProbeResult> {
    const result = await this.#options.run(probe, Math.max(1, probe.timeoutSeconds ?? 1) * 1000)
    this.#abort.signal.throwIfAborted()
    return result
  }

  #sleep(ms: number): Promise<void> {
    this.#abort.signal.throwIfAborted()
    return ms <= 0 ? Promise.resolve() : this.#options.clock.sleep(ms, this.#abort.signal)
  }
}
