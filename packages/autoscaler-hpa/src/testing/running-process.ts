import { configMaps } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { type LevelSwitch, silentLogger } from '@knative-ts/observability'
import { readEnv } from '../env.ts'
import { HpaAutoscaler } from '../hpa-autoscaler.ts'

const systemNamespace = 'knative-serving'

export interface RunningProcessOptions {
  /** Data of ConfigMaps by name. */
  config?: Record<string, Record<string, string>>
  args?: string[]
}

/** The process as `main.ts` runs it, over a fake API and a manual clock. */
export class RunningProcess {
  readonly client = new FakeKubeClient()
  readonly clock = new ManualClock()
  readonly level: LevelSwitch = { level: 'info' }
  readonly process: HpaAutoscaler
  readonly #stop = new AbortController()
  #ended: Promise<void> = Promise.resolve()

  private constructor({ config = {}, args = [] }: RunningProcessOptions) {
    for (const [name, data] of Object.entries({ 'config-autoscaler': {}, ...config })) {
      this.setConfig(name, data)
    }
    this.process = new HpaAutoscaler({
      client: this.client,
      clock: this.clock,
      logger: silentLogger,
      level: this.level,
      env: readEnv({ SYSTEM_NAMESPACE: systemNamespace, HOSTNAME: 'autoscaler-hpa-1' }, args),
      processEnv: {},
    })
  }

  static async start(options: RunningProcessOptions = {}): Promise<RunningProcess> {
    const running = new RunningProcess(options)
    await running.process.configure()
    running.#ended = running.process.run(running.#stop.signal, () => {})
    await running.clock.settle()
    return running
  }

  /** Whether nothing is waiting to be worked on. */
  get idle(): boolean {
    return this.process.controllers.every(({ queue }) => queue.idle)
  }

  /** As SIGTERM does; resolves when all is put away. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  setConfig(name: string, data: Record<string, string>): void {
    this.client.replace(configMaps, { metadata: { name, namespace: systemNamespace }, data })
  }
}
