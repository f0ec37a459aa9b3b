import { configMaps, type KubeObject, type ResourceType, type StatusBase } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { type LevelSwitch, silentLogger } from '@knative-ts/observability'
import { makeConfigurationController } from '../configuration/controller.ts'
import { ControllerProcess } from '../controller-process.ts'
import { readEnv } from '../env.ts'
import { makeGcController } from '../gc/controller.ts'
import { makeLabelerController } from '../labeler/controller.ts'
import { makeRouteController } from '../route/controller.ts'
import { makeServiceController } from '../service/controller.ts'
import { condition } from './conditions.ts'

const systemNamespace = 'knative-serving'
const emptyConfigs = ['autoscaler', 'defaults', 'features', 'gc', 'logging', 'network', 'observability']

/**
 * The process as `main.ts` runs it, over a fake API and a manual clock, without the reconcilers of
 * Revisions and ServerlessServices: `reportReady` plays what they, the kubelet and the gateway do.
 */
export class RunningProcess {
  readonly client = new FakeKubeClient()
  readonly clock = new ManualClock()
  readonly level: LevelSwitch = { level: 'info' }
  readonly process: ControllerProcess
  readonly #stop = new AbortController()
  #ended: Promise<void> = Promise.resolve()

  private constructor() {
    for (const name of emptyConfigs) this.setConfig(`config-${name}`, {})
    this.setConfig('config-deployment', { 'queue-sidecar-image': 'queue' })
    this.setConfig('config-domain', { 'example.com': '' })
    this.process = new ControllerProcess({
      client: this.client,
      clock: this.clock,
      logger: silentLogger,
      level: this.level,
      env: readEnv({ SYSTEM_NAMESPACE: systemNamespace, POD_NAME: 'controller-1' }, []),
      processEnv: {},
      clusterDomain: 'cluster.local',
      factories: [
        makeConfigurationController,
        makeGcController,
        makeLabelerController,
        makeRouteController,
        makeServiceController,
      ],
    })
  }

  static async start(): Promise<RunningProcess> {
    const running = new RunningProcess()
    await running.process.configure()
    running.#ended = running.process.run(running.#stop.signal, () => {})
    await running.clock.settle()
    return running
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  setConfig(name: string, data: Record<string, string>): void {
    this.client.replace(configMaps, { metadata: { name, namespace: systemNamespace }, data })
  }

  /** Says on behalf of whoever works on the object that it is ready as it is now. */
  reportReady<T extends KubeObject & { status?: StatusBase }>(
    type: ResourceType<T>,
    name: string,
    extra: Partial<T['status']> = {},
  ): void {
    const object = this.client.peek(type, 'default', name)
    if (!object) return
    const observedGeneration = object.metadata.generation
    const status = { observedGeneration, conditions: [condition('Ready', 'True')], ...extra }
    this.client.replace(type, { ...object, status })
  }
}
