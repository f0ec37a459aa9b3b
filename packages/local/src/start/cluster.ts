import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { deployments, mutatingWebhookConfigurations } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import {
  ApiEventRecorder,
  fromKubeconfig,
  HttpKubeClient,
  InformerFactory,
  type KubeClient,
} from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { parse } from 'yaml'
import { type ApiServer, startApiServer } from '../api/index.ts'
import { makeDeploymentController } from '../controllers/deployment-controller.ts'
import { makeEndpointsController } from '../controllers/endpoints-controller.ts'
import { makeJobController } from '../controllers/job-controller.ts'
import { makeReplicaSetController } from '../controllers/replica-set-controller.ts'
import { envoyCacheDir, findEnvoy } from '../envoy/find-envoy.ts'
import { LocalError } from '../errors.ts'
import { ImageStore, type LocalImage } from '../kubelet/image-store.ts'
import { Kubelet } from '../kubelet/kubelet.ts'
import { containerLog } from '../kubelet/pod-logs.ts'
import { ProcessRegistry } from '../kubelet/process-registry.ts'
import { ServiceMapWriter } from '../network/service-map-writer.ts'
import { componentCommand } from './component-command.ts'
import { DelayedEvents } from './delayed-events.ts'
import { checkFreeAddress } from './free-address.ts'
import { ManifestApplier, readManifests } from './manifests.ts'
import { lockState } from './state-lock.ts'

export interface LocalClusterOptions {
  /** The project's folder: manifests and built services are below it. */
  root: string
  dataDir: string
  fresh: boolean
  address: string
  apiPort: number
  /** Folders with images, besides the project's samples. */
  images: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  logger: Logger
  /** Told what is being done, for people who wait. */
  onProgress(step: string): void
}

export const systemNamespace = 'knative-serving'
export const gatewayPort = 8080
const clusterDomain = 'cluster.local'
/** Whom what local mode writes is ascribed to. */
const manager = 'knative-ts-local'
const components = [
  'activator',
  'autoscaler',
  'controller',
  'webhook',
  'net-kourier-controller',
  'queue-proxy',
]
const readyTimeoutMs = 120_000
const stopGraceSeconds = 3
/** How long the system may take to free the ports of a killed process. */
const portReleaseMs = 300

/** A whole Knative on this machine: API, controllers, kubelet, and Knative's own services as pods. */
export class LocalCluster {
  readonly options: LocalClusterOptions
  readonly client: KubeClient
  readonly #remote: HttpKubeClient
  readonly informers: InformerFactory
  readonly applier: ManifestApplier
  readonly kubelet: Kubelet
  readonly kubeconfigPath: string
  readonly #api: ApiServer
  readonly #stop: AbortController
  readonly #unlock: () => void
  readonly #running: Promise<unknown>

  private constructor(parts: {
    options: LocalClusterOptions
    client: KubeClient
    remote: HttpKubeClient
    informers: InformerFactory
    kubelet: Kubelet
    kubeconfigPath: string
    api: ApiServer
    stop: AbortController
    unlock: () => void
    running: Promise<unknown>
  }) {
    this.options = parts.options
    this.client = parts.client
    this.#remote = parts.remote
    this.informers = parts.informers
    this.applier = new ManifestApplier(parts.client, systemClock)
    this.kubelet = parts.kubelet
    this.kubeconfigPath = parts.kubeconfigPath
    this.#api = parts.api
    this.#stop = parts.stop
    this.#unlock = parts.unlock
    this.#running = parts.running
  }

  /**
   * Starts everything and applies Knative; `awaitReady` then waits for it.
   * @throws LocalError with the cure, having stopped what was started
   */
  static async start(options: LocalClusterOptions): Promise<LocalCluster> {
    const { dataDir, address, apiPort, logger, onProgress } = options
    const unlock = lockState(dataDir)
    try {
      if (options.fresh)
        for (const part of ['api', 'node', 'applied'])
          rmSync(join(dataDir, part), { recursive: true, force: true })
      onProgress('looking for Envoy')
      const envoy = await findEnvoy({
        env: options.env,
        cacheDir: envoyCacheDir(options.env),
        install: true,
        log: onProgress,
      })
      const processes = new ProcessRegistry(join(dataDir, 'processes'))
      const leftovers = processes.endLeftovers()
      if (leftovers > 0) {
        logger.warn(`ended ${leftovers} processes of an earlier run that was killed`)
        await systemClock.sleep(portReleaseMs)
      }
      await checkFreeAddress(address, apiPort)
      onProgress('starting the Kubernetes API')
      const cluster = await LocalCluster.#assemble(options, envoy, processes, unlock)
      try {
        await cluster.#applyKnative()
      } catch (error) {
        await cluster.stop()
        throw error
      }
      return cluster
    } catch (error) {
      unlock()
      logger.debug('start failed', { error })
      throw error
    }
  }

  static async #assemble(
    options: LocalClusterOptions,
    envoy: string,
    processes: ProcessRegistry,
    unlock: () => void,
  ): Promise<LocalCluster> {
    const { dataDir, address, apiPort, logger } = options
    const stop = new AbortController()
    const holder: { kubelet?: Kubelet; services?: ServiceMapWriter } = {}
    const api = await startApi(options, {
      resolveService: async (namespace, name, port) => holder.services?.resolve(namespace, name, port),
      logs: (namespace, pod, query) =>
        containerLog(
          holder.kubelet?.logFolder(namespace, pod, query.container) ?? '',
          query,
          () => !holder.kubelet?.runs(namespace, pod),
        ),
    })
    const kubeconfigPath = join(dataDir, 'kubeconfig')
    writeFileSync(kubeconfigPath, api.kubeconfig, { mode: 0o600 })

    const remote = new HttpKubeClient(fromKubeconfig(parse(api.kubeconfig), dataDir), manager)
    const client = api.inProcessClient(manager, remote)
    const clock = systemClock
    const informers = new InformerFactory({ client, clock, logger })
    const events = (component: string) =>
      new DelayedEvents(new ApiEventRecorder({ client, clock, logger, component }), clock)
    const networkFolder = join(dataDir, 'node', 'network')
    mkdirSync(networkFolder, { recursive: true })
    const networkModule = join(networkFolder, 'cluster-network.mjs')
    copyFileSync(join(options.root, 'packages/local/dist/cluster-network.mjs'), networkModule)
    holder.services = new ServiceMapWriter(informers, join(networkFolder, 'services.json'), clusterDomain)

    const kubelet = new Kubelet({
      client,
      informers,
      clock,
      logger: logger.child({}, 'kubelet'),
      events: events('kubelet'),
      images: imageStore(options, envoy),
      dataDir: join(dataDir, 'node'),
      processes,
      processHostModule: join(options.root, 'packages/local/dist/hosted-processes.mjs'),
      hostEnv: options.env,
      apiServer: { host: address, port: apiPort, caPem: api.caPem },
      mintServiceAccountToken: async (namespace, name, audiences) =>
        api.mintServiceAccountToken(namespace, name, { audiences }),
      networkModule,
      nodeAddress: address,
    })
    holder.kubelet = kubelet
    const dependencies = { client, informers, clock, logger, events: events('local-controller') }
    const controllers = [
      makeDeploymentController(dependencies),
      makeReplicaSetController(dependencies),
      makeEndpointsController(dependencies),
      makeJobController(dependencies),
    ]
    informers.start(stop.signal)
    await informers.synced()
    const running = Promise.all(controllers.map((controller) => controller.run(stop.signal)))
    await kubelet.start()
    return new LocalCluster({
      options,
      client,
      remote,
      informers,
      kubelet,
      kubeconfigPath,
      api,
      stop,
      unlock,
      running,
    })
  }

  /** Applies Knative's manifests, unless this very version was applied to this state before. */
  async #applyKnative(): Promise<void> {
    const { root, dataDir, address, onProgress } = this.options
    const file = join(root, 'deploy/local/knative-ts.yaml')
    const marker = join(dataDir, 'applied')
    const objects = readManifests(file, { NODE_ADDRESS: address })
    const digest = createHash('sha256').update(JSON.stringify(objects)).digest('hex')
    if (existsSync(marker) && readFileSync(marker, 'utf8') === digest) return
    onProgress(`applying ${objects.length} objects of Knative`)
    await this.applier.apply(objects)
    writeFileSync(marker, digest)
  }

  /**
   * Waits until every Deployment of Knative is available and the webhooks can be called.
   * @throws LocalError NOT_READY naming what is missing and where to look
   */
  async awaitReady(): Promise<void> {
    const startedMs = systemClock.monotonic()
    let waitingFor: string[] = []
    for (;;) {
      waitingFor = await this.#notReady()
      if (waitingFor.length === 0) return
      this.options.onProgress(`waiting for ${waitingFor.join(', ')}`)
      if (systemClock.monotonic() - startedMs > readyTimeoutMs) break
      await systemClock.sleep(100)
    }
    throw new LocalError(
      'NOT_READY',
      `${waitingFor.join(', ')} did not become ready within ${readyTimeoutMs / 1000} s; look with "KUBECONFIG=${this.kubeconfigPath} kubectl get pods -A" and "kubectl logs"`,
    )
  }

  async #notReady(): Promise<string[]> {
    const missing: string[] = []
    for (const namespace of [systemNamespace, 'kourier-system']) {
      const { items } = await this.client.list(deployments, { namespace })
      for (const deployment of items) {
        const available = deployment.status?.availableReplicas ?? 0
        if (available < (deployment.spec?.replicas ?? 1)) missing.push(deployment.metadata.name ?? '')
      }
      if (items.length === 0) missing.push(namespace)
    }
    const { items: webhooks } = await this.client.list(mutatingWebhookConfigurations)
    const called = webhooks.some((object) => object.webhooks?.some((hook) => hook.clientConfig.caBundle))
    if (!called) missing.push('webhook certificate')
    return missing
  }

  /** Stops every process and the API. State stays on disk. */
  async stop(): Promise<void> {
    await this.kubelet.stop(stopGraceSeconds)
    this.#stop.abort()
    await this.#running
    await this.#remote.close()
    await this.#api.stop()
    this.#unlock()
  }
}

type ApiHooks = Pick<Parameters<typeof startApiServer>[0], 'resolveService' | 'logs'>

async function startApi(options: LocalClusterOptions, hooks: ApiHooks): Promise<ApiServer> {
  const dataDir = join(options.dataDir, 'api')
  mkdirSync(dataDir, { recursive: true })
  try {
    return await startApiServer({
      dataDir,
      listenAddress: options.address,
      port: options.apiPort,
      clock: systemClock,
      logger: options.logger.child({}, 'api'),
      ...hooks,
    })
  } catch (error) {
    throw new LocalError(
      'STATE_BROKEN',
      `${(error as Error).message}; start with --fresh to do so, or choose another folder with --data`,
      error,
    )
  }
}

function imageStore(options: LocalClusterOptions, envoy: string): ImageStore {
  // The manifests start it as `envoy`, whatever the file is called.
  const bin = join(options.dataDir, 'node', 'bin')
  mkdirSync(bin, { recursive: true })
  rmSync(join(bin, 'envoy'), { force: true })
  symlinkSync(envoy, join(bin, 'envoy'))
  const known: Record<string, () => LocalImage> = {
    'dev.local/envoy': () => ({ folder: bin, entrypoint: ['envoy'], path: [bin] }),
  }
  for (const component of components) {
    const folder = join(options.root, 'packages', component)
    known[`dev.local/knative-ts/${component}`] = () => ({
      folder,
      entrypoint: componentCommand(folder),
      path: [],
    })
  }
  return new ImageStore({
    folders: [...options.images, resolve(options.root, 'samples')],
    known,
  })
}
