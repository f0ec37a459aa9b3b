import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  configMaps,
  keyOf,
  nodes,
  pods,
  secrets,
  type V1ConfigMap,
  type V1Pod,
  type V1Secret,
} from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import {
  type EventRecorder,
  type Informer,
  type InformerFactory,
  isAlreadyExists,
  type KubeClient,
} from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import type { ImageStore } from './image-store.ts'
import { PodAddresses } from './pod-addresses.ts'
import { PodWorker, type PodWorkerDependencies } from './pod-worker.ts'
import { ProcessHost } from './process-host.ts'
import type { ProcessRegistry } from './process-registry.ts'
import { processSpec } from './process-spec.ts'

export const nodeName = 'local'

export interface KubeletOptions {
  client: KubeClient
  informers: InformerFactory
  clock: Clock
  logger: Logger
  events: EventRecorder
  images: ImageStore
  /** Holds pods and logs. */
  dataDir: string
  processes: ProcessRegistry
  /** Module that `ProcessHost` runs. */
  processHostModule: string
  hostEnv: Readonly<Record<string, string | undefined>>
  apiServer: { host: string; port: number; caPem: string }
  /** @param audiences whom the token is for; the API server if empty */
  mintServiceAccountToken(
    namespace: string,
    serviceAccount: string,
    audiences: readonly string[],
  ): Promise<string>
  networkModule: string
  /** Address of the node, 127.0.0.N. */
  nodeAddress: string
}

/** Runs every pod of the cluster as processes of this host. */
export class Kubelet {
  readonly #options: KubeletOptions
  readonly #workers = new Map<string, PodWorker>()
  readonly #addresses: PodAddresses
  readonly #processes: ProcessRegistry
  readonly #host: ProcessHost
  readonly #kubeconfigs = new Map<string, Promise<string>>()
  readonly #pods: Informer<V1Pod>
  readonly #configMaps: Informer<V1ConfigMap>
  readonly #secrets: Informer<V1Secret>
  readonly #dependencies: PodWorkerDependencies
  #stopped = false

  constructor(options: KubeletOptions) {
    this.#options = options
    mkdirSync(options.dataDir, { recursive: true })
    this.#addresses = new PodAddresses(options.nodeAddress)
    this.#processes = options.processes
    this.#host = new ProcessHost(options.processHostModule)
    this.#pods = options.informers.informer(pods)
    this.#configMaps = options.informers.informer(configMaps)
    this.#secrets = options.informers.informer(secrets)
    this.#dependencies = this.#workerDependencies()
  }

  /** Folder with the logs of a pod's container. */
  logFolder(namespace: string, pod: string, container: string): string {
    return join(this.#options.dataDir, 'logs', namespace, pod, container)
  }

  /** Whether a pod of this name is here and its processes may still write. */
  runs(namespace: string, name: string): boolean {
    const pod = this.#pods.lister.get(namespace, name)
    const { phase } = pod?.status ?? {}
    return pod !== undefined && phase !== 'Succeeded' && phase !== 'Failed' && !this.#stopped
  }

  /** Every process that was started and has not ended. */
  processIds(): number[] {
    return this.#processes.running()
  }

  /** Registers the node and begins to run pods. */
  async start(): Promise<void> {
    const { logger } = this.#options
    // Whatever ends this process without `stop`, nothing it started may outlive it.
    process.once('exit', () => this.#processes.killAll())
    this.#host.open()
    await this.#registerNode()
    await Promise.all([this.#configMaps.synced(), this.#secrets.synced()])
    this.#pods.addHandler({
      onAdd: (pod) => this.#observe(pod),
      onUpdate: (_, pod) => this.#observe(pod),
      onDelete: (pod) => void this.#worker(pod)?.terminate(0),
    })
    const refresh = () => {
      for (const worker of this.#workers.values()) {
        worker.refreshVolumes().catch((error: unknown) => logger.warn('volumes not refreshed', { error }))
      }
    }
    this.#configMaps.addHandler({ onUpdate: refresh })
    this.#secrets.addHandler({ onUpdate: refresh })
  }

  /** Stops every process; the pods stay in the API and run again at the next start. */
  async stop(graceSeconds: number): Promise<void> {
    this.#stopped = true
    await Promise.all([...this.#workers.values()].map((worker) => worker.suspend(graceSeconds)))
    this.#processes.killAll()
    await this.#host.close()
  }

  #observe(pod: V1Pod): void {
    if (this.#stopped) return
    const existing = this.#worker(pod)
    if (pod.metadata.deletionTimestamp) {
      const worker = existing ?? this.#launch(pod, false)
      const graceSeconds =
        pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30
      worker.update(pod)
      void worker.terminate(graceSeconds).then(() => this.#workers.delete(pod.metadata.uid ?? ''))
      return
    }
    if (existing) {
      existing.update(pod)
      return
    }
    const { phase } = pod.status ?? {}
    if (phase === 'Succeeded' || phase === 'Failed') return
    this.#launch(pod, true)
    if (!pod.spec?.nodeName) void this.#bind(pod)
  }

  #worker(pod: V1Pod): PodWorker | undefined {
    return this.#workers.get(pod.metadata.uid ?? '')
  }

  #launch(pod: V1Pod, start: boolean): PodWorker {
    const worker = new PodWorker(pod, this.#dependencies)
    this.#workers.set(pod.metadata.uid ?? '', worker)
    if (start) worker.start()
    return worker
  }

  async #bind(pod: V1Pod): Promise<void> {
    const { client, logger } = this.#options
    try {
      await client.patch(pods, pod.metadata.namespace ?? '', pod.metadata.name ?? '', {
        type: 'merge',
        body: { spec: { nodeName } },
      })
    } catch (error) {
      logger.debug('pod not bound', { pod: keyOf(pod), error })
    }
  }

  #workerDependencies(): PodWorkerDependencies {
    const { client, clock, logger, events, images, hostEnv, apiServer, networkModule, dataDir } =
      this.#options
    const sources = (namespace: string) => ({
      configMap: (name: string) => this.#configMaps.lister.get(namespace, name),
      secret: (name: string) => this.#secrets.lister.get(namespace, name),
    })
    return {
      client,
      clock,
      logger,
      addresses: this.#addresses,
      hostIP: this.#options.nodeAddress,
      processes: this.#processes,
      startProcess: (spec, logFile) => this.#host.start(spec, logFile),
      podFolder: (uid) => join(dataDir, 'pods', uid),
      logFolder: (pod, container) =>
        this.logFolder(pod.metadata.namespace ?? '', pod.metadata.name ?? '', container),
      volumeSources: (pod, addresses) => ({
        ...sources(pod.metadata.namespace ?? ''),
        ...addresses,
        serviceAccountToken: (audience) =>
          this.#options.mintServiceAccountToken(
            pod.metadata.namespace ?? '',
            pod.spec?.serviceAccountName ?? 'default',
            audience === undefined ? [] : [audience],
          ),
      }),
      processSpec: (request) =>
        processSpec(
          {
            images,
            hostEnv,
            sources,
            kubeconfig: (namespace, account) => this.#kubeconfig(namespace, account),
            apiServer,
            networkModule,
            compileCache: join(dataDir, 'compile-cache'),
          },
          request,
        ),
      event: (pod, type, reason, message) => events.event(pods, pod, type, reason, message),
    }
  }

  #kubeconfig(namespace: string, serviceAccount: string): Promise<string> {
    const key = `${namespace}/${serviceAccount}`
    const pending = this.#kubeconfigs.get(key) ?? this.#writeKubeconfig(namespace, serviceAccount)
    this.#kubeconfigs.set(key, pending)
    return pending
  }

  async #writeKubeconfig(namespace: string, serviceAccount: string): Promise<string> {
    const { apiServer, dataDir, mintServiceAccountToken } = this.#options
    const token = await mintServiceAccountToken(namespace, serviceAccount, [])
    const folder = join(dataDir, 'service-accounts', namespace)
    mkdirSync(folder, { recursive: true })
    const path = join(folder, `${serviceAccount}.kubeconfig`)
    const ca = Buffer.from(apiServer.caPem).toString('base64')
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'pod',
      clusters: [
        {
          name: 'local',
          cluster: {
            server: `https://${apiServer.host}:${apiServer.port}`,
            'certificate-authority-data': ca,
          },
        },
      ],
      users: [{ name: serviceAccount, user: { token } }],
      contexts: [{ name: 'pod', context: { cluster: 'local', user: serviceAccount, namespace } }],
    }
    // JSON is YAML.
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 })
    return path
  }

  async #registerNode(): Promise<void> {
    const { client, clock, nodeAddress } = this.#options
    const at = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`
    const status = {
      addresses: [
        { type: 'InternalIP', address: nodeAddress },
        { type: 'Hostname', address: nodeName },
      ],
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'processes of this host serve as containers',
          lastHeartbeatTime: at,
          lastTransitionTime: at,
        },
      ],
      nodeInfo: {
        architecture: process.arch === 'x64' ? 'amd64' : process.arch,
        operatingSystem: process.platform,
        kubeletVersion: 'v1.34.0',
        containerRuntimeVersion: 'process://1',
      },
    }
    try {
      await client.create(nodes, {
        metadata: {
          name: nodeName,
          labels: { 'kubernetes.io/hostname': nodeName, 'kubernetes.io/os': process.platform },
        },
      })
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
    }
    await client.patch(nodes, '', nodeName, { type: 'merge', body: { status } }, { subresource: 'status' })
  }
}
