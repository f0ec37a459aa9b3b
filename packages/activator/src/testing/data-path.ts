import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@knative-ts/clock'
import { StatsServer } from '@knative-ts/stats/server'
import { type OtherObjects, staticApi } from './static-api.ts'

const port = 8012
const revision = 'hello-00001'

/** An activator and a queue-proxy, each a process, in front of a user container. */
export interface DataPath extends AsyncDisposable {
  /** Where the activator takes requests. */
  readonly host: string
  readonly port: number
  /** What a request needs to get to the user container. */
  readonly headers: Readonly<Record<string, string>>
  readonly activatorPid: number
  readonly queueProxyPid: number
  /** Resolves once the activator has written `text` to its standard output. */
  wrote(text: string): Promise<void>
}

/**
 * Starts both, on addresses of their own; the user container is on `userPort` of 127.0.0.1.
 * @param variables more of the activator's environment
 */
export async function dataPath(
  userPort: number,
  others: OtherObjects = {},
  variables: Readonly<Record<string, string>> = {},
): Promise<DataPath> {
  const network = `127.${Math.ceil(Math.random() * 90)}.${Math.ceil(Math.random() * 250)}`
  const [host, podIP] = [`${network}.8`, `${network}.9`]
  const folder = mkdtempSync(join(tmpdir(), 'data-path-'))
  const api = await staticApi({ revision, ip: podIP, port }, others)
  const autoscaler = new StatsServer(
    { ownerOf: () => ({ kind: 'self' }), isPodOf: () => false, podCount: () => 0, onLoad: () => {} },
    systemClock,
  )
  const statsPort = await autoscaler.listen('127.0.0.1', 0)
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(api.port)))
  const queueProxy = start('queue-proxy', queueProxyVariables(podIP, userPort))
  const activator = start('activator', {
    KUBECONFIG: kubeconfig,
    POD_NAME: 'activator-1',
    POD_IP: host,
    SYSTEM_NAMESPACE: 'knative-serving',
    LISTEN_ADDRESS: host,
    AUTOSCALER_STATS_ADDRESS: `127.0.0.1:${statsPort}`,
    ...variables,
  })
  const stop = async () => {
    await Promise.all([end(queueProxy.child), end(activator.child)])
    await Promise.all([api[Symbol.asyncDispose](), autoscaler.close()])
    rmSync(folder, { recursive: true })
  }
  try {
    await Promise.all([queueProxy.said('Queue-proxy is listening.'), activator.said('is listening')])
  } catch (error) {
    await stop()
    throw error
  }
  return {
    host,
    port,
    headers: { 'Knative-Serving-Namespace': 'default', 'Knative-Serving-Revision': revision },
    activatorPid: activator.child.pid!,
    queueProxyPid: queueProxy.child.pid!,
    wrote: activator.wrote,
    [Symbol.asyncDispose]: stop,
  }
}

function start(name: string, env: Record<string, string>) {
  const main = fileURLToPath(new URL(`../../../${name}/src/main.ts`, import.meta.url))
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const hearing = (stream: Readable) => {
    let heard = ''
    let wake = () => {}
    stream.setEncoding('utf8').on('data', (text: string) => {
      heard += text
      wake()
    })
    child.on('close', () => wake())
    return async (text: string): Promise<void> => {
      while (!heard.includes(text)) {
        if (child.exitCode !== null) throw new Error(`${name} exited with ${child.exitCode}: ${heard}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  }
  return { child, said: hearing(child.stderr), wrote: hearing(child.stdout) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

function queueProxyVariables(podIP: string, userPort: number): Record<string, string> {
  return {
    CONTAINER_CONCURRENCY: '0',
    QUEUE_SERVING_PORT: String(port),
    QUEUE_SERVING_TLS_PORT: '8112',
    USER_PORT: String(userPort),
    REVISION_TIMEOUT_SECONDS: '300',
    SERVING_READINESS_PROBE: `{"tcpSocket":{"port":${userPort}}}`,
    SERVING_NAMESPACE: 'default',
    SERVING_CONFIGURATION: 'hello',
    SERVING_REVISION: revision,
    SERVING_POD: `${revision}-pod`,
    SERVING_POD_IP: podIP,
    SERVING_LOGGING_CONFIG: '',
    SERVING_LOGGING_LEVEL: '',
    OBSERVABILITY_CONFIG: '',
    LISTEN_ADDRESS: podIP,
  }
}

function kubeconfigOf(apiPort: number): unknown {
  return {
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [{ name: 'test', cluster: { server: `http://127.0.0.1:${apiPort}` } }],
    users: [{ name: 'test', user: { token: 'test' } }],
  }
}
