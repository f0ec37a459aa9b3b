import {
  conditionOf,
  configMaps,
  coreServices,
  endpointSlices,
  type Ingress,
  ingresses,
  type KubeObject,
  keyOf,
  type ResourceType,
} from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { FakeKubeClient, RecordingEvents } from '@knative-ts/kube/testing'
import { RecordingLogger } from '@knative-ts/observability/testing'
import { type RunningKourier, startKourier } from '../kourier.ts'
import { noMetrics } from '../metrics.ts'
import { BackendServer } from './backend-server.ts'
import { type EnvoyProcess, startEnvoy } from './envoy-process.ts'
import { GatewayClient } from './gateway-client.ts'
import { configMap, service, slice } from './objects.ts'

const gatewayNamespace = 'kourier-system'

/** The controller, a real Envoy that it configures, and a made-up cluster around them. */
export class GatewayWorld {
  readonly client = new FakeKubeClient()
  readonly logger = new RecordingLogger()
  readonly events = new RecordingEvents()
  readonly address: string
  readonly gateway: GatewayClient
  #abort = new AbortController()
  readonly #backends = new Map<string, BackendServer>()
  #kourier: RunningKourier | undefined
  #envoy: EnvoyProcess | undefined

  /** @param number makes the gateway's loopback address differ from that of other worlds */
  constructor(number: number) {
    const { pid } = process
    this.address = `127.${100 + (pid % 100)}.${(pid >> 7) % 250}.${number}`
    this.gateway = new GatewayClient(this.address)
  }

  get envoy(): EnvoyProcess {
    return this.#envoy!
  }

  /** Starts the controller, then an Envoy. */
  async start(kourierConfig: Record<string, string> = {}): Promise<void> {
    this.client.seed(
      configMaps,
      configMap('config-network', {}),
      configMap('config-kourier', {
        'listen-ip-addresses': this.address,
        'enable-service-access-logging': 'false',
        ...kourierConfig,
      }),
    )
    this.client.seed(endpointSlices, slice('kourier-internal', [this.address], gatewayNamespace))
    this.#kourier = await this.#startController(0)
    this.#envoy = await startEnvoy(this.#kourier.xdsPort)
  }

  /** Replaces the controller by a new process, as a rollout would; the gateway has to find it again. */
  async restartController(): Promise<void> {
    const { xdsPort, finished } = this.#kourier!
    this.#abort.abort()
    await finished
    this.#abort = new AbortController()
    this.#kourier = await this.#startController(xdsPort)
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#kourier?.finished
    await this.#envoy?.stop()
    for (const backend of this.#backends.values()) await backend.close()
  }

  /** Starts a backend and gives it a Service with an endpoint. */
  async addBackend(
    name: string,
    options: { protocol?: 'http1' | 'h2c'; portName?: string } = {},
  ): Promise<void> {
    const backend = new BackendServer(name, options.protocol)
    this.#backends.set(name, backend)
    const port = await backend.listen()
    this.client.seed(coreServices, service(name, port, options.portName))
    this.client.seed(endpointSlices, slice(name, ['127.0.0.1']))
  }

  async removeBackend(name: string): Promise<void> {
    this.client.remove(endpointSlices, 'default', `${name}-slice`)
    this.client.remove(coreServices, 'default', name)
    await this.#backends.get(name)?.close()
    this.#backends.delete(name)
  }

  /** Creates an Ingress and waits until it is ready. */
  async serve(ingress: Ingress): Promise<Ingress> {
    await this.client.create(ingresses, ingress)
    return this.ready(ingress)
  }

  /** Changes the spec of an Ingress and waits until the new version is ready. */
  async change(name: string, change: (ingress: Ingress) => void): Promise<Ingress> {
    // The controller writes status and finalizers meanwhile, so a conflict is tried again.
    for (;;) {
      const ingress = await this.client.get(ingresses, 'default', name)
      change(ingress)
      try {
        return await this.ready(await this.client.update(ingresses, ingress))
      } catch (error) {
        if ((error as { code?: string }).code !== 'Conflict') throw error
      }
    }
  }

  /** Resolves with the Ingress once its current generation is ready. */
  ready(ingress: Ingress): Promise<Ingress> {
    return this.until(ingresses, ingress, ({ metadata, status }) => {
      const current = status?.observedGeneration === metadata.generation
      return current && conditionOf(status, 'Ready')?.status === 'True'
    })
  }

  /** Resolves with an object as soon as it meets a condition. */
  async until<T extends KubeObject>(
    type: ResourceType<T>,
    target: T,
    met: (object: T) => boolean,
  ): Promise<T> {
    const key = keyOf(target)
    const found = Promise.withResolvers<T>()
    const watch = new AbortController()
    const look = (object: T) => {
      if (keyOf(object) === key && met(object)) found.resolve(object)
    }
    void this.client.watch(type, { signal: watch.signal }, (event) => {
      if (event.type !== 'BOOKMARK') look(event.object)
    })
    const object = await found.promise
    watch.abort()
    return object
  }

  #startController(xdsPort: number): Promise<RunningKourier> {
    return startKourier(
      {
        client: this.client,
        clock: systemClock,
        logger: this.logger,
        level: { level: 'info' },
        events: this.events,
        metrics: noMetrics,
        env: { CONFIG_LEADERELECTION_NAME: 'absent' },
        systemNamespace: 'knative-serving',
        gatewayNamespace,
        clusterDomain: 'cluster.local',
        listenAddress: '127.0.0.1',
        xdsPort,
      },
      this.#abort.signal,
    )
  }
}
