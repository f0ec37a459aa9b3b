/**
 * Runs one service while its image is built, until it serves, so that Node's compile cache (`NODE_COMPILE_CACHE`) holds
 * all that a start needs: `node [flags] warm-compile-cache.ts /app/<name>.mjs <folder of the cache>`. The cache fits the Node, the
 * processor family and, for some flags, those it was made with; elsewhere Node ignores it. So the service is run with the same flags.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { serveStandInApi } from './stand-in-api.ts'

const patienceMs = 60_000
const leave = 'data:text/javascript,process.on("SIGUSR2",()=>process.exit(0))'
const serving = /"message":"[^"]*(?:listening|serving)/
const userPort = 18_081

const [main, cache] = process.argv.slice(2)
if (!main || !cache) throw new Error('usage: node warm-compile-cache.ts <main file> <folder of the cache>')
const name = basename(main, '.mjs')

const service = spawn(process.execPath, [...process.execArgv, '--import', leave, main], {
  env: {
    ...process.env,
    ...(name === 'queue-proxy' ? sidecarEnvironment() : await serviceEnvironment()),
    NODE_COMPILE_CACHE: cache,
  },
  stdio: ['ignore', 'pipe', 'pipe'],
})
if (name === 'queue-proxy') serveUserContainer()
await untilServing(service)
if (name === 'queue-proxy') await Promise.all([requestThrough(), requestThrough()])
service.kill('SIGUSR2')
const code = await new Promise((resolve) => service.once('exit', resolve))
process.exit(code === 0 ? 0 : 1)

function untilServing({ stdout, stderr }: ChildProcess): Promise<void> {
  let said = ''
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`${name} ${reason}:\n${said}`))
    const listen = (chunk: Buffer) => {
      said += chunk.toString()
      if (serving.test(said)) resolve()
    }
    stdout?.on('data', listen)
    stderr?.on('data', listen)
    service.once('exit', () => fail('ended before it served'))
    AbortSignal.timeout(patienceMs).addEventListener('abort', () => fail('did not serve in time'))
  })
}

async function serviceEnvironment(): Promise<Record<string, string>> {
  const file = join(tmpdir(), 'kubeconfig')
  const server = await serveStandInApi()
  const config = {
    'current-context': 'build',
    contexts: [{ name: 'build', context: { cluster: 'build', user: 'build' } }],
    clusters: [{ name: 'build', cluster: { server } }],
    users: [{ name: 'build', user: {} }],
  }
  writeFileSync(file, JSON.stringify(config))
  return {
    KUBECONFIG: file,
    LISTEN_ADDRESS: '127.0.0.1',
    SYSTEM_NAMESPACE: 'knative-serving',
    POD_NAME: `${name}-build`,
    POD_IP: '127.0.0.1',
    WEBHOOK_NAME: 'webhook',
    AUTOSCALER_STATS_ADDRESS: '127.0.0.1:1',
  }
}

function sidecarEnvironment(): Record<string, string> {
  return {
    LISTEN_ADDRESS: '127.0.0.1',
    CONTAINER_CONCURRENCY: '0',
    QUEUE_SERVING_PORT: '8012',
    QUEUE_SERVING_TLS_PORT: '8112',
    USER_PORT: String(userPort),
    REVISION_TIMEOUT_SECONDS: '300',
    SERVING_NAMESPACE: 'default',
    SERVING_SERVICE: 'build',
    SERVING_CONFIGURATION: 'build',
    SERVING_REVISION: 'build-00001',
    SERVING_POD: 'build',
    SERVING_POD_IP: '127.0.0.1',
    SERVING_LOGGING_CONFIG: '',
    SERVING_LOGGING_LEVEL: '',
    SERVING_READINESS_PROBE: JSON.stringify({
      tcpSocket: { port: userPort, host: '127.0.0.1' },
      successThreshold: 1,
    }),
    AUTOSCALER_STATS_ADDRESS: '127.0.0.1:1',
  }
}

function serveUserContainer(): void {
  createServer((_, response) => response.end('hello'))
    .listen(userPort, '127.0.0.1')
    .unref()
}

function requestThrough(): Promise<void> {
  return new Promise((resolve, reject) => {
    get(
      { host: '127.0.0.1', port: 8012, path: '/', headers: { host: 'build.default.example.com' } },
      (response) => {
        response.resume().once('end', resolve)
      },
    ).once('error', reject)
  })
}
