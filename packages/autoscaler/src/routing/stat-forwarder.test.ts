import { afterEach, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { silentLogger } from '@knative-ts/observability'
import type { Stat } from '@knative-ts/stats'
import { autoscalerErrorCodes } from '../errors.ts'
import { until } from '../testing/until.ts'
import { StatForwarder } from './stat-forwarder.ts'
import { StatListener } from './stat-listener.ts'

const stat: Stat = {
  podName: 'activator-1',
  averageConcurrentRequests: 2,
  averageProxiedConcurrentRequests: 0,
  requestCount: 2,
  proxiedRequestCount: 0,
  processUptime: 0,
  timestamp: 1000,
}
const bucket = 'autoscaler-bucket-00-of-01'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function startListener(port = 0) {
  const seen: number[] = []
  const listener = new StatListener({
    clock: new ManualClock(),
    logger: silentLogger,
    onStat: (_namespace, _revision, { timestamp }) => seen.push(timestamp),
    isHeldHere: () => true,
  })
  const bound = await listener.listen('127.0.0.1', port)
  closing.push(() => listener.close())
  return { seen, listener, port: bound }
}

function startForwarder(port: number, host = '127.0.0.1') {
  const clock = new ManualClock()
  const forwarder = new StatForwarder({ clock, hostOf: () => host, port })
  closing.push(() => forwarder.close())
  return { forwarder, clock }
}

test('stats go to the holder by its address', async () => {
  const { seen, port } = await startListener()
  const { forwarder } = startForwarder(port, 'unused.invalid')
  await forwarder.forward({ bucket, ip: '127.0.0.1' }, 'default', 'hello-00001', stat)
  await forwarder.forward({ bucket, ip: '127.0.0.1' }, 'default', 'hello-00001', { ...stat, timestamp: 1001 })
  await until(() => seen.length === 2)
  expect(seen).toEqual([1000, 1001])
})

test('where the address does not answer the name of the bucket is tried', async () => {
  const { seen, port } = await startListener()
  const { forwarder } = startForwarder(port)
  await forwarder.forward({ bucket, ip: '127.0.0.77' }, 'default', 'hello-00001', stat)
  await until(() => seen.length === 1)
})

test('a failure is told, and the next stat connects anew', async () => {
  const first = await startListener()
  const { forwarder, clock } = startForwarder(first.port)
  await forwarder.forward({ bucket, ip: '127.0.0.1' }, 'default', 'hello-00001', stat)
  await first.listener.close()
  await until(() => clock.pendingTimers === 0)
  await expect(
    forwarder.forward({ bucket, ip: '127.0.0.1' }, 'default', 'hello-00001', stat),
  ).rejects.toMatchObject({ code: autoscalerErrorCodes.forwardFailed })
  const second = await startListener(first.port)
  await forwarder.forward({ bucket, ip: '127.0.0.1' }, 'default', 'hello-00001', stat)
  await until(() => second.seen.length === 1)
})
