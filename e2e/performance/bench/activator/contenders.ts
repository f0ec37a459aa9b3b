import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endpoints, revisions } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { componentCommand } from '../../component-command.ts'
import { podEndpoints, putConfigMaps, revisionObject } from '../../stand-in/serving-objects.ts'
import { StandInApi } from '../../stand-in/stand-in-api.ts'
import { BenchError } from '../errors.ts'
import { PinnedProcess } from '../pinned-process.ts'

const peerSource = new URL('../../peers/go-random-of-two/', import.meta.url)
const port = 8012
const readyTries = 200

export const benchRevision = 'bench-00001'

/** A proxy in front of all backends. */
export interface ActivatorContender {
  readonly name: 'activator' | 'activator, 2 workers' | 'two activators' | 'go, random of two'
  readonly host: string
  /** Of a second process, which gets every other connection. */
  readonly neighbourHost?: string
  readonly port: number
  /** 0 if only `childPids` count. */
  readonly pid: number
  /** The workers of a supervisor, or the processes of a pair. */
  readonly childPids: readonly number[]
}

/** What contenders are started with. */
export interface ActivatorSurroundings {
  readonly backendPorts: readonly number[]
  /** `host:port` of a stats server. */
  readonly statsAddress: string
  /** For what is built. */
  readonly folder: string
  readonly say: (text: string) => void
}

/** Processes and what they need, all of which `stop` ends. */
export class ActivatorContenders {
  readonly all: ActivatorContender[] = []
  readonly #api = new StandInApi()
  readonly #processes: PinnedProcess[] = []

  /**
   * Starts an activator with one worker, one with two workers, two with one each that share the load, and Go's peer if there is Go.
   * @throws BenchError
   */
  async start(around: ActivatorSurroundings): Promise<void> {
    // Backends here answer no probes; a pod that Kubernetes calls ready then counts as healthy.
    putConfigMaps(this.#api, { 'mesh-compatibility-mode': 'disabled' })
    this.#api.put(revisions, revisionObject(benchRevision, 0, 'http1'))
    const pods = around.backendPorts.map((backend) => ({ ip: '127.0.0.1', port: backend }))
    this.#api.put(endpoints, podEndpoints(benchRevision, 'http1', pods))
    const kubeconfig = join(around.folder, 'kubeconfig')
    writeFileSync(kubeconfig, await this.#api.listen())
    const alone = await this.#activator('activator', '127.81.1.1', 1, kubeconfig, around)
    const pair = await this.#activator('activator, 2 workers', '127.81.1.2', 2, kubeconfig, around)
    const left = await this.#activator('two activators', '127.81.1.4', 1, kubeconfig, around)
    const right = await this.#activator('two activators', '127.81.1.5', 1, kubeconfig, around)
    this.all.push(
      { name: 'activator', host: '127.81.1.1', port, pid: alone, childPids: [] },
      { name: 'activator, 2 workers', host: '127.81.1.2', port, pid: pair, childPids: childrenOf(pair) },
      {
        name: 'two activators',
        host: '127.81.1.4',
        neighbourHost: '127.81.1.5',
        port,
        pid: 0,
        childPids: [left, right],
      },
    )
    await this.#goPeer(around)
  }

  async stop(): Promise<void> {
    for (const process of this.#processes) await process.stop()
    await this.#api.close()
  }

  async #activator(
    name: ActivatorContender['name'],
    host: string,
    workers: number,
    kubeconfig: string,
    { statsAddress }: ActivatorSurroundings,
  ): Promise<number> {
    const { flags, bundle } = componentCommand('activator')
    const started = await this.#run([process.execPath, ...flags, bundle], host, {
      PATH: process.env['PATH'],
      KUBECONFIG: kubeconfig,
      POD_NAME: 'activator-1',
      POD_IP: host,
      SYSTEM_NAMESPACE: 'knative-serving',
      LISTEN_ADDRESS: host,
      CLUSTER_DOMAIN: 'cluster.local',
      AUTOSCALER_STATS_ADDRESS: statsAddress,
      ACTIVATOR_WORKERS: String(workers),
    })
    for (let tries = 0; !(await isReady(host)); tries++) {
      if (tries === readyTries) throw new BenchError('PROXY_DID_NOT_START', `${name} did not become ready`)
      await systemClock.sleep(50)
    }
    return started.pid
  }

  async #goPeer({ folder, backendPorts, say }: ActivatorSurroundings): Promise<void> {
    const program = join(folder, 'go-random-of-two')
    const build = spawnSync('go', ['build', '-o', program, '.'], { cwd: peerSource, encoding: 'utf8' })
    if (build.error) {
      say('No `go` in PATH: the activator is compared with nothing. Install Go 1.24 or later.')
      return
    }
    if (build.status !== 0) throw new BenchError('BUILD_FAILED', `go build failed:\n${build.stderr}`)
    const host = '127.81.1.3'
    const backends = backendPorts.map((backend) => `127.0.0.1:${backend}`)
    const { pid } = await this.#run([program, `${host}:${port}`, ...backends], host, process.env)
    this.all.push({ name: 'go, random of two', host, port, pid, childPids: [] })
  }

  async #run(command: readonly string[], host: string, env: NodeJS.ProcessEnv): Promise<PinnedProcess> {
    const process = new PinnedProcess(command, env)
    this.#processes.push(process)
    await process.listening(host, port)
    return process
  }
}

async function isReady(host: string): Promise<boolean> {
  const headers = { 'user-agent': 'kube-probe/1.34', connection: 'close' }
  const response = await fetch(`http://${host}:${port}/`, { headers })
  await response.arrayBuffer()
  return response.status === 200
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').map(Number)
}
