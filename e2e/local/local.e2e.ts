import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { pods, services } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import WebSocket from 'ws'
import { eventually } from '../harness/eventually.ts'
import { Gateway } from '../harness/gateway.ts'
import { underLoad } from '../harness/load.ts'
import { LocalClusterProcess } from './local-cluster.ts'
import { servedConnections } from './served-connections.ts'
import { createService, find } from './services.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'knative-e2e-'))
const cluster = new LocalClusterProcess({ address: '127.0.0.7', apiPort: 6447, dataDir })
let gateway: Gateway

beforeAll(async () => {
  await cluster.start('--no-sample')
  gateway = new Gateway(cluster.origin)
})

afterAll(async () => {
  await gateway.close()
  await cluster.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const fast = { 'autoscaling.knative.dev/window': '6s' }

describe('samples', () => {
  test('Node', async () => {
    const service = await createService(cluster.client, 'hello', {
      image: 'dev.local/hello',
      env: { TARGET: 'e2e' },
    })
    expect(await gateway.get(service.status?.url ?? '')).toMatchObject({
      status: 200,
      body: 'Hello e2e! (hello-00001)\n',
    })
  })

  test('shell', async () => {
    const service = await createService(cluster.client, 'greet', { image: 'dev.local/greet' })
    const { body } = await gateway.get(`${service.status?.url}/some/path`)
    expect(body).toBe('Hello from greet, you asked for /some/path with GET\n')
  })

  test('Python, slow to start: a request from zero waits for it', async () => {
    const service = await createService(cluster.client, 'slow', {
      image: 'dev.local/slow',
      command: ['python3', 'server.py'],
      env: { START_SECONDS: '2' },
      annotations: { ...fast, 'autoscaling.knative.dev/scale-to-zero-pod-retention-period': '0s' },
    })
    await eventually('no pods of slow', async () => {
      const { items } = await cluster.client.list(pods, {
        namespace: 'default',
        labelSelector: 'serving.knative.dev/service=slow',
      })
      return items.every((pod) => pod.metadata.deletionTimestamp)
    })
    const { status, body } = await gateway.get(service.status?.url ?? '')
    expect([status, body]).toEqual([200, 'Worth the wait: slow-00001\n'])
  })

  test('WebSocket', async () => {
    const service = await createService(cluster.client, 'echo', { image: 'dev.local/echo' })
    const host = new URL(service.status?.url ?? '').hostname
    const socket = new WebSocket(cluster.origin.replace('http', 'ws'), { headers: { host } })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const echoed: string[] = []
    const done = new Promise<void>((resolve) =>
      socket.on('message', (data) => {
        echoed.push(data.toString())
        if (echoed.length === 100) resolve()
      }),
    )
    const sent = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(i * 10)}`)
    for (const message of sent) socket.send(message)
    await done
    expect(echoed).toEqual(sent)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.close(1000)
    expect(await closed).toBe(1000)
  })
})

describe('a container that cannot run', () => {
  test('says why in the status of the Service', async () => {
    await cluster.client.create(services, {
      metadata: { name: 'missing', namespace: 'default' },
      spec: {
        template: {
          metadata: { annotations: { 'serving.knative.dev/progress-deadline': '2s' } },
          spec: { containers: [{ image: 'dev.local/no-such-image', name: '' }] },
        },
      },
    })
    const message = await eventually('a reason', async () => {
      const service = await cluster.client.get(services, 'default', 'missing')
      const ready = service.status?.conditions?.find(({ type }) => type === 'ConfigurationsReady')
      return ready?.status === 'False' ? ready.message : undefined
    })
    expect(message).toContain('Revision "missing-00001" failed with message:')
    expect(message).toContain('make a folder no-such-image')
    await cluster.client.delete(services, 'default', 'missing')
  })
})

describe('kill -9 under load', () => {
  const workers = 10
  const cutConnection = /connection termination|connection reset by peer|unexpected EOF|: EOF/
  let url = ''

  beforeAll(async () => {
    const service = await createService(cluster.client, 'steady', {
      image: 'dev.local/hello',
      annotations: {
        'autoscaling.knative.dev/min-scale': '2',
        'autoscaling.knative.dev/target-burst-capacity': '-1',
      },
    })
    url = service.status?.url ?? ''
    await eventually('two pods', async () => cluster.pidsOf('steady', 'queue-proxy').length === 2)
  })

  // A process that holds requests loses those and no others; the rest hold none.
  test.each([
    ['webhook', 'webhook', false],
    ['controller', 'controller', false],
    ['net-kourier-controller', 'net-kourier-controller', false],
    ['autoscaler', 'autoscaler', false],
    ['activator', 'activator', true],
    ['steady', 'queue-proxy', true],
  ])('%s: %s', async (podPrefix, command, serves) => {
    const [victim] = cluster.pidsOf(podPrefix, `${command}.mjs`)
    expect(victim).toBeDefined()
    const restarts = async () => {
      const { items } = await cluster.client.list(pods)
      return items
        .filter((pod) => pod.metadata.name?.startsWith(podPrefix))
        .flatMap((pod) => pod.status?.containerStatuses ?? [])
        .reduce((sum, { restartCount }) => sum + restartCount, 0)
    }
    const before = await restarts()
    let held = 0
    const { failures, requests } = await underLoad(gateway, url, workers, async () => {
      await systemClock.sleep(500)
      // Each of its connections can cost one request, and so can one that a worker's next request opens meanwhile.
      if (serves) held = servedConnections(victim ?? 0) + workers
      process.kill(victim ?? 0, 'SIGKILL')
      await eventually('the restart', async () => (await restarts()) > before)
      await systemClock.sleep(2500)
    })
    expect(requests).toBeGreaterThan(workers * 10)
    const failed = Object.values(failures).reduce((sum, n) => sum + n, 0)
    const others = Object.keys(failures).filter((text) => !cutConnection.test(text))
    expect({ failures, others, few: failed <= held }).toEqual({ failures, others: [], few: true })
    await eventually('all containers ready', async () => {
      const { items } = await cluster.client.list(pods)
      return items
        .filter((pod) => pod.metadata.name?.startsWith(podPrefix) && !pod.metadata.deletionTimestamp)
        .every((pod) => pod.status?.containerStatuses?.every(({ ready }) => ready))
    })
    const name = `after-${command.slice(0, 20)}`
    const service = await createService(cluster.client, name, { image: 'dev.local/hello' })
    expect((await gateway.get(service.status?.url ?? '')).status).toBe(200)
    await cluster.client.delete(services, 'default', name)
  })
})

describe('restart', () => {
  test('state survives, and nothing keeps running in between', async () => {
    await cluster.stop()
    expect(cluster.pidsOf('')).toEqual([])
    await cluster.start('--no-sample')
    const service = await find(() => cluster.client.get(services, 'default', 'hello'))
    expect(service?.status?.url).toBe('http://hello.default.localhost')
    const { body } = await eventually('an answer', async () => {
      const answer = await gateway.get(service?.status?.url ?? '')
      return answer.status === 200 ? answer : undefined
    })
    expect(body).toBe('Hello e2e! (hello-00001)\n')
  })

  test('a second cluster on the same folder is told who has it', async () => {
    const second = new LocalClusterProcess({ address: '127.0.0.8', apiPort: 6448, dataDir })
    await expect(second.start()).rejects.toThrow(/is in use by process \d+; stop it with Ctrl-C/)
  })

  test('a second cluster on the same address is told which port is taken', async () => {
    const other = mkdtempSync(join(tmpdir(), 'knative-e2e-'))
    const second = new LocalClusterProcess({ address: cluster.address, apiPort: 6448, dataDir: other })
    await expect(second.start()).rejects.toThrow(/127\.0\.0\.7:8080 is in use.*--address/s)
    rmSync(other, { recursive: true })
  })
})
