import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pods, queueContainerName, type V1Container, type V1Pod } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { isConflict, isNotFound, type KubeClient } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { localErrorCode } from '../errors.ts'
import type { ProcessSpec, StartProcess } from './container-process.ts'
import { ContainerSupervisor } from './container-supervisor.ts'
import { freePort } from './free-port.ts'
import type { PodAddresses } from './pod-addresses.ts'
import { podStatus } from './pod-status.ts'
import { preparePodVolumes, type VolumeSources } from './pod-volumes.ts'
import type { ProcessRegistry } from './process-registry.ts'

/** What a pod worker gets from its kubelet. */
export interface PodWorkerDependencies {
  client: KubeClient
  clock: Clock
  logger: Logger
  addresses: PodAddresses
  /** Address of the node. */
  hostIP: string
  processes: ProcessRegistry
  startProcess: StartProcess
  /** Folder of a pod: its volumes and files. */
  podFolder(uid: string): string
  logFolder(pod: V1Pod, container: string): string
  volumeSources(pod: V1Pod, addresses: { podIP: string; hostIP: string }): VolumeSources
  /** Command, folder and environment of a container. */
  processSpec(request: ProcessRequest): Promise<ProcessSpec>
  event(pod: V1Pod, type: 'Normal' | 'Warning', reason: string, message: string): void
}

export interface ProcessRequest {
  pod: V1Pod
  container: V1Container
  podIP: string
  hostIP: string
  volumeFolders: ReadonlyMap<string, string>
  /** The port given to the pod's user container, if it has a queue-proxy beside it. */
  userPort: number | undefined
}

const retryVolumesMs = 1000
const statusRetryMs = 500

/** Runs one pod from its creation to its end. */
export class PodWorker {
  readonly #dependencies: PodWorkerDependencies
  readonly #stop = new AbortController()
  readonly #podIP: string
  readonly #startTime: string
  #pod: V1Pod
  #init: ContainerSupervisor[] = []
  #containers: ContainerSupervisor[] = []
  #volumeFolders: ReadonlyMap<string, string> = new Map()
  #userPort: number | undefined
  #finished = false
  #suspended = false
  #terminating: Promise<void> | undefined
  #reporting: Promise<void> | undefined
  #reportAgain = false
  #reported = ''

  constructor(pod: V1Pod, dependencies: PodWorkerDependencies) {
    this.#pod = pod
    this.#dependencies = dependencies
    this.#podIP = pod.spec?.hostNetwork ? dependencies.hostIP : dependencies.addresses.allocate()
    this.#startTime = this.#now()
  }

  get podIP(): string {
    return this.#podIP
  }

  /** Starts the pod's containers; returns at once. */
  start(): void {
    void this.#run().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) {
        this.#dependencies.logger.error('pod failed', { pod: this.#pod.metadata.name, error })
      }
    })
  }

  /** Takes note of a newer version of the object. */
  update(pod: V1Pod): void {
    this.#pod = pod
  }

  /** Writes ConfigMap, Secret and projected volumes again. */
  async refreshVolumes(): Promise<void> {
    if (this.#volumeFolders.size > 0 && !this.#stop.signal.aborted) await this.#prepareVolumes()
  }

  /** Stops the containers and then removes the object from the API; resolves when both are done. */
  terminate(graceSeconds: number): Promise<void> {
    this.#terminating ??= this.#end(graceSeconds)
    return this.#terminating
  }

  /** Stops the containers but leaves the object, for the next start. */
  async suspend(graceSeconds: number): Promise<void> {
    this.#suspended = true
    this.#stop.abort(new Error('local mode is stopping'))
    await Promise.all(this.#supervisors().map((container) => container.terminate(graceSeconds * 1000)))
  }

  async #run(): Promise<void> {
    const { spec } = this.#pod
    if (spec?.containers.some((container) => container.name === queueContainerName)) {
      this.#userPort = await freePort()
    }
    this.#stop.signal.throwIfAborted()
    const restartPolicy = (spec?.restartPolicy ?? 'Always') as 'Always' | 'OnFailure' | 'Never'
    this.#init = (spec?.initContainers ?? []).map((container) =>
      this.#supervisor(container, restartPolicy === 'Always' ? 'OnFailure' : restartPolicy),
    )
    this.#containers = (spec?.containers ?? []).map((container) => this.#supervisor(container, restartPolicy))
    // A pod of an earlier run must not look ready until it is; a new one has nothing to take back.
    if (this.#pod.status?.podIP) this.#report()
    await this.#awaitVolumes()
    this.#stop.signal.throwIfAborted()
    for (const init of this.#init) {
      const code = await init.run()
      if (code !== 0) {
        this.#finished = restartPolicy === 'Never'
        this.#report()
        return
      }
    }
    // Each start takes a moment of this process; a sidecar that everything waits for goes first.
    const sidecarFirst = this.#containers.toSorted(
      (a, b) => Number(b.record.name === queueContainerName) - Number(a.record.name === queueContainerName),
    )
    await Promise.all(sidecarFirst.map((container) => container.run()))
    this.#finished = true
    this.#report()
  }

  async #awaitVolumes(): Promise<void> {
    for (;;) {
      this.#stop.signal.throwIfAborted()
      try {
        await this.#prepareVolumes()
        return
      } catch (error) {
        if (localErrorCode(error) === undefined) throw error
        this.#dependencies.event(this.#pod, 'Warning', 'FailedMount', (error as Error).message)
        this.#report()
        await this.#dependencies.clock.sleep(retryVolumesMs, this.#stop.signal)
      }
    }
  }

  async #prepareVolumes(): Promise<void> {
    const folder = join(this.#dependencies.podFolder(this.#pod.metadata.uid ?? ''), 'volumes')
    mkdirSync(folder, { recursive: true })
    this.#volumeFolders = await preparePodVolumes(
      this.#pod,
      folder,
      this.#dependencies.volumeSources(this.#pod, { podIP: this.#podIP, hostIP: this.#dependencies.hostIP }),
    )
  }

  #supervisor(container: V1Container, restartPolicy: 'Always' | 'OnFailure' | 'Never'): ContainerSupervisor {
    const { clock, processes, startProcess, logFolder, processSpec, event } = this.#dependencies
    return new ContainerSupervisor({
      container,
      restartPolicy,
      clock,
      processes,
      start: startProcess,
      podIP: this.#podIP,
      logFolder: logFolder(this.#pod, container.name),
      ports: this.#movedPorts(container),
      prepare: () =>
        processSpec({
          pod: this.#pod,
          container,
          podIP: this.#podIP,
          hostIP: this.#dependencies.hostIP,
          volumeFolders: this.#volumeFolders,
          userPort: this.#userPort,
        }),
      onChange: () => this.#report(),
      onEvent: (type, reason, message) => event(this.#pod, type, reason, message),
    })
  }

  #movedPorts(container: V1Container): ReadonlyMap<number, number> {
    const port = container.name === queueContainerName ? undefined : container.ports?.[0]?.containerPort
    return this.#userPort !== undefined && port !== undefined ? new Map([[port, this.#userPort]]) : new Map()
  }

  async #end(graceSeconds: number): Promise<void> {
    const { client, addresses, podFolder } = this.#dependencies
    const { namespace = '', name = '', uid } = this.#pod.metadata
    this.#stop.abort(new Error('the pod is being deleted'))
    await Promise.all(this.#supervisors().map((container) => container.terminate(graceSeconds * 1000)))
    await this.#reporting
    for (;;) {
      try {
        await client.delete(pods, namespace, name, {
          gracePeriodSeconds: 0,
          ...(uid ? { preconditions: { uid } } : {}),
        })
        break
      } catch (error) {
        if (isNotFound(error) || isConflict(error)) break
        await this.#dependencies.clock.sleep(statusRetryMs)
      }
    }
    if (!this.#pod.spec?.hostNetwork) addresses.release(this.#podIP)
    rmSync(podFolder(uid ?? ''), { recursive: true, force: true })
  }

  #supervisors(): ContainerSupervisor[] {
    return [...this.#init, ...this.#containers]
  }

  /** Writes the status soon; changes that come while one write is under way go into the next. */
  #report(): void {
    // What is stopped with local mode has not ended: it goes on with the next start.
    if (this.#suspended || this.#isHalfStarted()) return
    if (this.#reporting) {
      this.#reportAgain = true
      return
    }
    // What changes along with this is told along with it.
    this.#reporting = Promise.resolve()
      .then(() => this.#writeStatus())
      .finally(() => {
        this.#reporting = undefined
        if (this.#reportAgain) {
          this.#reportAgain = false
          this.#report()
        }
      })
  }

  /** Some containers run and others are about to: those have news in a moment. */
  #isHalfStarted(): boolean {
    const states = this.#containers.map(({ record }) => record.state)
    return (
      states.some(({ kind }) => kind === 'running') &&
      states.some((state) => state.kind === 'waiting' && state.reason === 'ContainerCreating')
    )
  }

  async #writeStatus(): Promise<void> {
    const { client, clock, logger } = this.#dependencies
    const status = podStatus({
      pod: this.#pod,
      podIP: this.#podIP,
      hostIP: this.#dependencies.hostIP,
      startTime: this.#startTime,
      init: this.#init.map((container) => container.record),
      containers: this.#containers.map((container) => container.record),
      finished: this.#finished,
      now: this.#now(),
    })
    const text = JSON.stringify(status)
    if (text === this.#reported) return
    try {
      const written = await client.patch(
        pods,
        this.#pod.metadata.namespace ?? '',
        this.#pod.metadata.name ?? '',
        { type: 'merge', body: { metadata: { uid: this.#pod.metadata.uid }, status } },
        { subresource: 'status' },
      )
      this.#pod = { ...this.#pod, status: written.status } as V1Pod
      this.#reported = text
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) return
      logger.warn('cannot write pod status; trying again', { pod: this.#pod.metadata.name, error })
      await clock.sleep(statusRetryMs)
      this.#reportAgain = true
    }
  }

  #now(): string {
    return `${new Date(this.#dependencies.clock.now()).toISOString().slice(0, 19)}Z`
  }
}
