import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { systemClock } from '@knative-ts/clock'
import { StatsServer } from '@knative-ts/stats/server'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const listenAddress = '127.0.7.81'

let api: Server
let autoscaler: StatsServer
let folder: string
let child: ChildProcess | undefined
let env: Record<string, string>

/** An API server that has the three ConfigMaps and nothing else. */
function emptyApi(): Server {
  const items = ['config-network', 'config-logging', 'config-observability'].map((name, index) => ({
    metadata: { name, namespace: 'knative-serving', resourceVersion: String(index + 1) },
    data: {},
  }))
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api')
    response.setHeader('content-type', 'application/json')
    if (searchParams.has('watch')) response.flushHeaders()
    else if (pathname === '/version') response.end(JSON.stringify({ gitVersion: 'v1.34.0' }))
    else {
      const found = pathname.endsWith('/configmaps') ? items : []
      response.end(JSON.stringify({ metadata: { resourceVersion: '10' }, items: found }))
    }
  })
}

beforeEach(async () => {
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

/** Starts the process; `said` resolves once a line of its log contains the text. */
function start(): { exited: Promise<number | null>; said: (text: string) => Promise<void> } {
  const started = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  child = started
  let log = ''
  const listeners = new Set<() => void>()
  started.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString()
    for (const listener of listeners) listener()
  })
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (log.includes(text)) resolve()
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
    headers: { 'user-agent': 'kube-probe/1.34' },
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
