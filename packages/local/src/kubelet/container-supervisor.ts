import { join } from 'node:path'
import type { V1Container } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { localErrorCode } from '../errors.ts'
import { ContainerProbes } from './container-probes.ts'
import type { ProcessExit, ProcessSpec, RunningProcess, StartProcess } from './container-process.ts'
import type { ContainerRecord, TerminatedState } from './pod-status.ts'
import { type ProbeHandler, type ProbeTarget, runProbe } from './probe.ts'
import type { ProcessRegistry } from './process-registry.ts'
import { RestartBackoff } from './restart-backoff.ts'

export interface ContainerSupervisorOptions {
  container: V1Container
  restartPolicy: 'Always' | 'OnFailure' | 'Never'
  clock: Clock
  processes: ProcessRegistry
  start: StartProcess
  /** Folder for this container's logs; run N goes to `N.log`. */
  logFolder: string
  podIP: string
  ports: ReadonlyMap<number, number>
  /** Builds the command, folder and environment; throws a LocalError while something is missing. */
  prepare(): Promise<ProcessSpec>
  /** Called after every change of `record`. */
  onChange(): void
  onEvent(type: 'Normal' | 'Warning', reason: string, message: string): void
}

const retryPreparationMs = 1000
const imageRetryMs = 2000

/** Keeps one container running as its pod's restart policy says. */
export class ContainerSupervisor {
  readonly record: ContainerRecord
  readonly #options: ContainerSupervisorOptions
  readonly #stop = new AbortController()
  readonly #backoff = new RestartBackoff()
  #process: RunningProcess | undefined
  #starting: Promise<RunningProcess> | undefined
  #spec: ProcessSpec | undefined
  #probes: ContainerProbes | undefined
  #run = 0

  constructor(options: ContainerSupervisorOptions) {
    this.#options = options
    this.record = {
      name: options.container.name,
      image: options.container.image ?? '',
      state: { kind: 'waiting', reason: 'ContainerCreating', message: '' },
      last: undefined,
      restarts: 0,
      ready: false,
      started: false,
    }
  }

  /** Runs the container until it ends for good; resolves with its last exit code. */
  async run(): Promise<number> {
    for (;;) {
      const spec = await this.#prepare()
      if (!spec || this.#stop.signal.aborted) return this.#cancelled()
      const startedAtMs = this.#options.clock.monotonic()
      const exit = await this.#runOnce(spec)
      const { restartPolicy } = this.#options
      const over =
        this.#stop.signal.aborted ||
        restartPolicy === 'Never' ||
        (restartPolicy === 'OnFailure' && exit.code === 0)
      if (over) return exit.code
      if (!(await this.#awaitRestart(this.#options.clock.monotonic() - startedAtMs))) return exit.code
    }
  }

  /** Ends the container: preStop hook, SIGTERM, and SIGKILL when `graceMs` have passed since the call. */
  async terminate(graceMs: number): Promise<void> {
    this.#stop.abort(new Error('the pod is being stopped'))
    await this.#starting
    const process = this.#process
    if (!process?.running) return
    const { clock, container } = this.#options
    const deadline = new AbortController()
    const timer = clock.after(graceMs, () => {
      deadline.abort()
      process.kill('SIGKILL')
    })
    const hook = container.lifecycle?.preStop
    if (hook) await Promise.race([this.#runHook(hook, graceMs), aborted(deadline.signal), process.exited])
    process.kill('SIGTERM')
    await process.exited
    timer.cancel()
  }

  async #prepare(): Promise<ProcessSpec | undefined> {
    for (;;) {
      if (this.#stop.signal.aborted) return undefined
      try {
        return await this.#options.prepare()
      } catch (error) {
        const code = localErrorCode(error)
        const missingImage = code === 'IMAGE_NOT_FOUND' || code === 'IMAGE_INVALID'
        const again = this.record.state.kind === 'waiting' && this.record.state.reason === 'ErrImagePull'
        const reason = !missingImage
          ? 'CreateContainerConfigError'
          : again
            ? 'ImagePullBackOff'
            : 'ErrImagePull'
        const message = error instanceof Error ? error.message : String(error)
        this.record.state = { kind: 'waiting', reason, message }
        this.#options.onChange()
        this.#options.onEvent('Warning', 'Failed', message)
        if (!(await this.#sleep(missingImage ? imageRetryMs : retryPreparationMs))) return undefined
      }
    }
  }

  async #runOnce(spec: ProcessSpec): Promise<ProcessExit> {
    const { container, clock, logFolder, onChange, onEvent, processes } = this.#options
    const startedAt = now(clock)
    const process = await this.#start(spec, join(logFolder, `${this.#run++}.log`))
    this.#spec = spec
    this.record.state = { kind: 'running', startedAt }
    this.record.ready = false
    this.record.started = false
    this.#probes = this.#startProbes()
    onChange()
    onEvent('Normal', 'Started', `Started container ${container.name}`)
    const exit = await process.exited
    this.#probes.stop()
    processes.remove(process.pid)
    const ended: TerminatedState = {
      exitCode: exit.code,
      signal: exit.signal,
      reason: exit.code === 0 ? 'Completed' : 'Error',
      message: this.#terminationMessage(exit),
      startedAt,
      finishedAt: now(clock),
    }
    this.record.state = { kind: 'terminated', ...ended }
    this.record.ready = false
    this.record.started = false
    onChange()
    return exit
  }

  async #start(spec: ProcessSpec, logFile: string): Promise<RunningProcess> {
    this.#starting = this.#options.start(spec, logFile)
    this.#process = await this.#starting
    this.#options.processes.add(this.#process.pid)
    return this.#process
  }

  async #awaitRestart(ranMs: number): Promise<boolean> {
    const { state } = this.record
    if (state.kind === 'terminated') this.record.last = state
    this.record.restarts++
    const delayMs = this.#backoff.next(ranMs)
    if (delayMs === 0) return true
    this.record.state = {
      kind: 'waiting',
      reason: 'CrashLoopBackOff',
      message: `back-off ${delayMs / 1000}s restarting failed container=${this.record.name}`,
    }
    this.#options.onChange()
    this.#options.onEvent('Warning', 'BackOff', `Back-off restarting failed container ${this.record.name}`)
    return this.#sleep(delayMs)
  }

  #startProbes(): ContainerProbes {
    const { container, clock, onChange, onEvent } = this.#options
    const probes = new ContainerProbes({
      container,
      clock,
      run: (probe, timeoutMs) => runProbe(probe, this.#probeTarget(), timeoutMs, clock),
      onReady: (ready, why) => {
        if (this.record.ready === ready) return
        this.record.ready = ready
        if (!ready) onEvent('Warning', 'Unhealthy', `Readiness probe failed: ${why}`)
        onChange()
      },
      onStarted: () => {
        this.record.started = true
        onChange()
      },
      onUnhealthy: (kind, why) => {
        onEvent('Warning', 'Unhealthy', `${kind} probe failed: ${why}`)
        const process = this.#process
        process?.kill('SIGTERM')
        const timer = clock.after(livenessGraceMs, () => process?.kill('SIGKILL'))
        void process?.exited.then(() => timer.cancel())
      },
    })
    probes.start()
    return probes
  }

  async #runHook(hook: ProbeHandler & { sleep?: { seconds: number } }, graceMs: number): Promise<void> {
    if (hook.sleep) {
      await this.#options.clock.sleep(hook.sleep.seconds * 1000)
      return
    }
    const result = await runProbe(hook, this.#probeTarget(), graceMs, this.#options.clock)
    if (!result.passed) {
      this.#options.onEvent('Warning', 'FailedPreStopHook', `PreStopHook failed: ${result.message}`)
    }
  }

  #probeTarget(): ProbeTarget {
    const { container, podIP, ports } = this.#options
    return {
      host: podIP,
      container,
      ports,
      process: { env: this.#spec?.env ?? {}, folder: this.#spec?.folder ?? '/' },
    }
  }

  #terminationMessage(exit: ProcessExit): string {
    if (exit.code === 127 && exit.signal === undefined && exit.lastOutput === '') {
      return `the command ${JSON.stringify(this.#spec?.command[0] ?? '')} was not found`
    }
    const wanted = this.#options.container.terminationMessagePolicy === 'FallbackToLogsOnError'
    return wanted && exit.code !== 0 ? exit.lastOutput : ''
  }

  #cancelled(): number {
    const at = now(this.#options.clock)
    this.record.state = {
      kind: 'terminated',
      exitCode: 137,
      signal: undefined,
      reason: 'ContainerStatusUnknown',
      message: 'The container was stopped before it started.',
      startedAt: at,
      finishedAt: at,
    }
    this.#options.onChange()
    return 137
  }

  async #sleep(ms: number): Promise<boolean> {
    try {
      await this.#options.clock.sleep(ms, this.#stop.signal)
      return true
    } catch {
      return false
    }
  }
}

/** How long a container that failed its liveness probe has to stop by itself. */
const livenessGraceMs = 10_000

function now(clock: Clock): string {
  return `${new Date(clock.now()).toISOString().slice(0, 19)}Z`
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
