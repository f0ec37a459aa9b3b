import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { systemClock } from '@knative-ts/clock'
import { hurried } from '@knative-ts/clock/testing'
import { breakable } from '@knative-ts/http-proxy/testing'
import { StatsServer } from '@knative-ts/stats/server'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const listenAddress = '127.0.7.81'

let api: Server
let autoscaler: StatsServer
let folder: string
let child: ChildProcess | undefined
let env: Record<string, string>
/** Data of the ConfigMaps that there are, by name. */
let configs: Record<string, Record<string, string>>
let version: string
let configMapWatchers: ServerResponse[]

function configMap(name: string, version: number, data: Record<string, string>) {
  return { metadata: { name, namespace: 'knative-serving', resourceVersion: String(version) }, data }
}

/** An API server that has the ConfigMaps and nothing else. */
function emptyApi(): Server {
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api')
    response.setHeader('content-type', 'application/json')
    if (searchParams.has('watch')) {
      response.flushHeaders()
      if (pathname.endsWith('/configmaps')) configMapWatchers.push(response)
    } else if (pathname === '/version') response.end(JSON.stringify({ gitVersion: version }))
    else {
      const found = pathname.endsWith('/configmaps') ? Object.entries(configs) : []
      const items = found.map(([name, data], index) => configMap(name, index + 1, data))
      response.end(JSON.stringify({ metadata: { resourceVersion: '10' }, items }))
    }
  })
}

beforeEach(async () => {
  configs = { 'config-network': {}, 'config-logging': {}, 'config-observability': {} }
  version = 'v1.34.0'
  configMapWatchers = []
  folder = mkdtempSync(join(tmpdir(), 'activator-'))
  api = emptyApi().listen(0, '127.0.0.1')
  await once(api, 'listening')
  autoscaler = new StatsServer(
    { ownerOf: () => ({ kind: 'self' }), isPodOf: () => false, podCount: () => 0, onLoad: () => {} },
    systemClock,
  )
  const statsPort = await autoscaler.listen('127.0.0.1', 0)
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      clusters: [
        { name: 'test', cluster: { server: `http://127.0.0.1:${(api.address() as AddressInfo).port}` } },
      ],
      users: [{ name: 'test', user: { token: 'test' } }],
    }),
  )
  env = {
    KUBECONFIG: kubeconfig,
    POD_NAME: 'activator-1',
    POD_IP: listenAddress,
    SYSTEM_NAMESPACE: 'knative-serving',
    LISTEN_ADDRESS: listenAddress,
    AUTOSCALER_STATS_ADDRESS: `127.0.0.1:${statsPort}`,
  }
})

afterEach(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  api.closeAllConnections()
  api.close()
  await autoscaler.close()
  rmSync(folder, { recursive: true })
})

/** Starts the process; `said` resolves once its log contains the text so many times. */
function start(...first: string[]): {
  exited: Promise<number | null>
  said: (text: string, times?: number) => Promise<void>
} {
  const imports = first.map((module) => `--import=${module}`)
  const started = spawn(process.execPath, [...imports, main], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  child = started
  let log = ''
  const listeners = new Set<() => void>()
  started.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString()
    for (const listener of listeners) listener()
  })
  const said = (text: string, times = 1) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (log.split(text).length > times) resolve()
      }
      listeners.add(check)
      started.once('exit', () => (log.includes(text) ? resolve() : reject(new Error(log))))
      check()
    })
  const exited = once(started, 'close').then(([code]) => code as number | null)
  return { exited, said }
}

const probe = async () => {
  const response = await fetch(`http://${listenAddress}:8012/`, {
    headers: { 'user-agent': 'kube-probe/1.34', connection: 'close' },
  })
  return `${response.status} ${await response.text()}`
}

test('serves, drains on the first signal and leaves at once on the second', async () => {
  const { exited, said } = start()
  await said('the activator is listening')
  await said('connected to the autoscaler')
  expect(await probe()).toBe('200 ')
  expect((await fetch(`http://${listenAddress}:8008/debug/pprof/`)).status).toBe(404)
  child!.kill('SIGTERM')
  await said('draining')
  expect(await probe()).toBe('500 received SIGTERM from kubelet\n')
  child!.kill('SIGTERM')
  expect(await exited).toBe(1)
})

test('ends with 0 once it has drained', async () => {
  const { exited, said } = start(hurried)
  await said('the activator is listening')
  child!.kill('SIGTERM')
  await said('draining')
  expect(await exited).toBe(0)
})

test('drains when a listener breaks', async () => {
  const { exited, said } = start(breakable(8012), hurried)
  await said('the activator is listening')
  child!.kill('SIGUSR2')
  await said('draining')
  expect(await exited).toBe(0)
})

test('reads config-network once, and follows the others', async () => {
  const { said } = start()
  await said('the activator is listening')
  const changed = [
    configMap('config-network', 11, { 'system-internal-tls': 'enabled' }),
    configMap('config-observability', 12, { 'runtime-profiling': 'enabled' }),
  ]
  for (const object of changed)
    for (const watcher of configMapWatchers)
      watcher.write(`${JSON.stringify({ type: 'MODIFIED', object })}\n`)
  let profiling = 404
  while (profiling !== 200) profiling = (await fetch(`http://${listenAddress}:8008/debug/pprof/`)).status
  await expect(fetch(`https://${listenAddress}:8112/`)).rejects.toMatchObject({
    cause: { code: 'ECONNREFUSED' },
  })
})

test('takes logging and observability from the ConfigMaps that it is told to', async () => {
  configs = {
    'config-network': {},
    'other-logging': { 'loglevel.activator': 'debug' },
    'other-observability': { 'runtime-profiling': 'enabled' },
  }
  env['CONFIG_LOGGING_NAME'] = 'other-logging'
  env['CONFIG_OBSERVABILITY_NAME'] = 'other-observability'
  const { said } = start()
  await said('Updating logging level for activator from info to debug.')
  await said('the activator is listening')
  expect((await fetch(`http://${listenAddress}:8008/debug/pprof/`)).status).toBe(200)
})

test('names its pod in its log', async () => {
  const { said } = start()
  await said('"knative.dev/pod":"activator-1"')
})

test('an API server that is too old, and stays so, keeps it from starting', async () => {
  version = 'v1.33.9'
  const { exited, said } = start(hurried)
  await said('Kubernetes v1.33.9 is not supported, at least v1.34.0 is needed')
  expect(await exited).toBe(1)
})

test.each([8012, 8008])('a port %i that somebody else has keeps it from starting', async (port) => {
  const other = createServer().listen(port, listenAddress)
  await once(other, 'listening')
  const { exited, said } = start()
  await said(`listen EADDRINUSE: address already in use ${listenAddress}:${port}`).finally(() =>
    other.close(),
  )
  expect(await exited).toBe(1)
})

test('says what is missing', async () => {
  env['POD_IP'] = ''
  const { exited, said } = start()
  await said('environment variable POD_IP is not set; the Deployment sets it from status.podIP')
  expect(await exited).toBe(1)
})

test('a signal before it serves ends it in peace', async () => {
  api.removeAllListeners('request')
  const asked = once(api, 'request')
  const { exited } = start()
  await asked
  child!.kill('SIGTERM')
  expect(await exited).toBe(0)
})

/** Each starts up to four processes, from source. */
const startsMs = 60_000

describe('workers', () => {
  beforeEach(() => {
    env['ACTIVATOR_WORKERS'] = '2'
  })

  const workerPids = () =>
    readFileSync(`/proc/${child!.pid}/task/${child!.pid}/children`, 'utf8').trim().split(' ').map(Number)

  test(
    'share the port, are ready and measured together, and one that dies is replaced',
    async () => {
      configs['config-observability'] = { 'metrics-protocol': 'prometheus' }
      env['METRICS_PROMETHEUS_PORT'] = '9091'
      const { exited, said } = start()
      await said('all workers are ready')
      await said('serving the metrics of all workers')
      const metrics = await (await fetch(`http://${listenAddress}:9091/metrics`)).text()
      expect(metrics).toContain('kn_activator_stats_conn_reachable{peer="autoscaler"} 1')
      const before = workerPids()
      expect(before).toHaveLength(2)
      expect([await probe(), await probe()]).toEqual(['200 ', '200 '])

      process.kill(before[0]!, 'SIGKILL')
      await said('a worker died; starting another')
      expect(await probe()).toBe('500 another worker is not ready\n')
      await said('all workers are ready', 2)
      expect([await probe(), await probe()]).toEqual(['200 ', '200 '])
      expect(workerPids()).toContain(before[1])

      child!.kill('SIGTERM')
      await said('draining', 2)
      expect([await probe(), await probe()]).toEqual(Array(2).fill('500 received SIGTERM from kubelet\n'))
      child!.kill('SIGTERM')
      expect(await exited).toBe(1)
    },
    startsMs,
  )

  test(
    'end when the supervisor is killed',
    async () => {
      const { exited, said } = start()
      await said('all workers are ready')
      child!.kill('SIGKILL')
      // Their ends of the pipe are closed, too.
      expect(await exited).toBeNull()
    },
    startsMs,
  )

  test(
    'end together when what keeps one from starting is found',
    async () => {
      env['POD_IP'] = ''
      const { exited, said } = start()
      await said('environment variable POD_IP is not set')
      expect(await exited).toBe(1)
    },
    startsMs,
  )
})
