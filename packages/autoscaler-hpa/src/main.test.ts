import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const listenAddress = '127.0.7.91'

let api: Server
/** Whether questions about Leases are answered. */
let electing: boolean
let folder: string
let child: ChildProcess | undefined
let env: Record<string, string>

/** An API server that has ConfigMaps and nothing else, and takes whatever is written. */
function emptyApi(): Server {
  const items = [
    { name: 'config-autoscaler', data: {} },
    { name: 'config-observability', data: { 'metrics-protocol': 'prometheus' } },
  ].map(({ name, data }, index) => ({
    metadata: { name, namespace: 'knative-serving', resourceVersion: String(index + 1) },
    data,
  }))
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api')
    response.setHeader('content-type', 'application/json')
    if (searchParams.has('watch')) response.flushHeaders()
    else if (pathname === '/version') response.end(JSON.stringify({ gitVersion: 'v1.34.0' }))
    else if (request.method !== 'GET') request.pipe(response)
    else if (pathname.includes('/leases/')) electing && response.writeHead(404).end('{}')
    else {
      const found = pathname.endsWith('/configmaps') ? items : []
      response.end(JSON.stringify({ metadata: { resourceVersion: '10' }, items: found }))
    }
  })
}

beforeEach(async () => {
  electing = true
  folder = mkdtempSync(join(tmpdir(), 'autoscaler-hpa-'))
  api = emptyApi().listen(0, '127.0.0.1')
  await once(api, 'listening')
  const kubeconfig = join(folder, 'kubeconfig')
  const server = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      clusters: [{ name: 'test', cluster: { server } }],
      users: [{ name: 'test', user: { token: 'test' } }],
    }),
  )
  env = { KUBECONFIG: kubeconfig, SYSTEM_NAMESPACE: 'knative-serving', LISTEN_ADDRESS: listenAddress }
})

afterEach(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  api.closeAllConnections()
  api.close()
  rmSync(folder, { recursive: true })
})

/** Starts the process; `said` resolves once its log contains the text. */
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

async function get(port: number, path: string): Promise<string> {
  const response = await fetch(`http://${listenAddress}:${port}${path}`)
  return `${response.status} ${await response.text()}`
}

test('serves probes, metrics and profiles, and ends on SIGTERM', async () => {
  const { exited, said } = start()
  await said('The HPA autoscaler is serving')
  await said('Became the leader of a bucket')
  expect(await get(8080, '/health')).toBe('200 ')
  expect(await get(8080, '/readiness')).toBe('200 ')
  expect(await get(9090, '/metrics')).toContain(
    'kn_workqueue_depth{name="hpa-class-podautoscaler-controller"}',
  )
  expect(await get(8008, '/debug/pprof/')).toMatch(/^404/)
  child!.kill('SIGTERM')
  expect(await exited).toBe(0)
})

test('tells the kubelet that it ends, and leaves at once on the second signal', async () => {
  const { exited, said } = start()
  await said('Became the leader of a bucket')
  electing = false
  const releasing = once(api, 'request')
  child!.kill('SIGTERM')
  await releasing
  expect(await get(8080, '/health')).toBe('500 received SIGTERM from kubelet')
  expect(await get(8080, '/readiness')).toBe('500 received SIGTERM from kubelet')
  child!.kill('SIGTERM')
  expect(await exited).toBe(1)
})

test('is alive but not ready before it serves, and a signal then ends it in peace', async () => {
  api.removeAllListeners('request')
  const asked = once(api, 'request')
  const { exited } = start()
  await asked
  expect(await get(8080, '/health')).toBe('200 ')
  expect(await get(8080, '/readiness')).toBe('500 the caches are not filled yet')
  child!.kill('SIGTERM')
  expect(await exited).toBe(0)
})

test('says what is missing', async () => {
  env['SYSTEM_NAMESPACE'] = ''
  const { exited, said } = start()
  await said('SYSTEM_NAMESPACE is not set; set it to the namespace of the system, normally knative-serving')
  expect(await exited).toBe(1)
})
