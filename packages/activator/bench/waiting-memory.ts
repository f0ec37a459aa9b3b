import { fork } from 'node:child_process'
import { join } from 'node:path'
import { systemClock } from '@knative-ts/clock'
import { TestWorld } from '../src/testing/test-world.ts'

/** What requests that wait for a pod cost, KiB. */
export interface WaitingMemory {
  readonly requests: number
  readonly kibEach: number
  /** Objects alive when all have gone beyond those before; resident memory follows in its own time. */
  readonly kibLeft: number
}

const settleMs = 1500

/** Lets `requests` requests wait at an activator in this process, each on a connection of its own. Needs `--expose-gc`. */
export async function measureWaiting(requests: number): Promise<WaitingMemory> {
  const roomy = {
    maxRequests: 1e6,
    maxBytes: 1e9,
    maxRequestsPerRevision: 1e6,
    maxBytesPerRevision: 1e9,
  }
  const world = new TestWorld()
  await world.start({ queueLimits: () => roomy })
  world.addRevision('hello-00001')
  const { throttler } = world.activator.revisions.find({ namespace: 'default', name: 'hello-00001' })!
  const fill = async (count: number) => {
    const clients = fork(join(import.meta.dirname, 'waiting-clients.ts'), [
      String(world.activator.ports.http1),
      String(count),
    ])
    while (throttler.waiting < count) await systemClock.sleep(50)
    return clients
  }
  const empty = async (clients: Awaited<ReturnType<typeof fill>>) => {
    clients.send('leave')
    while (throttler.waiting > 0) await systemClock.sleep(50)
  }
  await empty(await fill(500))
  const before = await memoryKib()
  const clients = await fill(requests)
  const full = await memoryKib()
  await empty(clients)
  const after = await memoryKib()
  await world.stop()
  return {
    requests,
    kibEach: (full.resident - before.resident) / requests,
    kibLeft: after.alive - before.alive,
  }
}

async function memoryKib(): Promise<{ resident: number; alive: number }> {
  for (let i = 0; i < 3; i++) {
    await systemClock.sleep(settleMs / 3)
    globalThis.gc?.()
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { resident: rss / 1024, alive: (heapUsed + external) / 1024 }
}
