import type { Registry } from 'prom-client'
import type { MetricsEndpoint } from '../observation/metrics-endpoint.ts'
import type { SupervisorMessage, WorkerMessage } from './messages.ts'
import type { WorkerShare } from './worker-share.ts'

/** The environment variable by which the supervisor tells a worker which one it is. */
export const workerVariable = 'ACTIVATOR_WORKER'

/** A worker's end of what connects it with its supervisor. It ends when the supervisor does, as Node has it. */
export class WorkerLink {
  readonly share: WorkerShare
  readonly #termination = new AbortController()
  #allReady = false

  constructor(share: WorkerShare) {
    this.share = share
    // A signal to the process group is for the supervisor, which passes it on in its own way.
    process.on('SIGTERM', () => {})
    process.on('SIGINT', () => {})
    process.on('message', (message: SupervisorMessage) => this.#take(message))
  }

  /** The link, if this process is a worker. */
  static ofThisProcess(count: number): WorkerLink | undefined {
    const index = process.env[workerVariable]
    return index === undefined ? undefined : new WorkerLink({ index: Number(index), count })
  }

  /** Aborts when the worker is to leave in good order. */
  get termination(): AbortSignal {
    return this.#termination.signal
  }

  /** Why the activator should get no traffic although this worker could serve; undefined when it may. */
  readonly unhealthy = (): string | undefined => (this.#allReady ? undefined : 'another worker is not ready')

  /** All listeners are open. */
  listening(): void {
    this.#tell({ kind: 'listening' })
  }

  /** The stream to the autoscaler opened or was lost. */
  connected(connected: boolean): void {
    this.#tell({ kind: 'connected', connected })
  }

  /** Lets the supervisor serve this registry together with those of the others. */
  async serveMetrics(registry: Registry, endpoint: MetricsEndpoint): Promise<void> {
    const { AggregatorRegistry } = await import('prom-client')
    AggregatorRegistry.setRegistries(registry)
    // Its constructor begins to answer the supervisor's questions.
    new AggregatorRegistry()
    this.#tell({ kind: 'metrics', ...endpoint })
  }

  #take(message: SupervisorMessage): void {
    if (message.kind === 'drain') this.#termination.abort()
    else if (message.kind === 'all-ready') this.#allReady = message.ready
  }

  #tell(message: WorkerMessage): void {
    process.send?.(message)
  }
}
