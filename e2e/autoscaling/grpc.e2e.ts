import { describe, expect, test } from '@jest/globals'
import { PingClient } from '../data-path/grpc-client.ts'
import { eventually } from '../harness/eventually.ts'
import { connectSuite } from '../harness/suite.ts'

const { workspace, gateway } = await connectSuite()

const callers = 12

describe('calls by gRPC', () => {
  test('bring pods and let them go: up, to zero, and up again', async () => {
    const service = await workspace.serve({
      image: 'grpc-ping',
      container: { ports: [{ name: 'h2c', containerPort: 8080 }] },
      env: { DELAY_MS: '500' },
      annotations: {
        'autoscaling.knative.dev/target': '6',
        'autoscaling.knative.dev/target-utilization-percentage': '70',
        'autoscaling.knative.dev/window': '10s',
      },
    })
    const revision = service.status?.latestReadyRevisionName ?? ''
    for (const round of ['first', 'second']) {
      using client = new PingClient(gateway.origin, service.status?.url ?? '')
      let over = false
      const caller = async () => {
        while (!over) expect(await client.unary('Ping', 'up')).toBe('up')
      }
      const calling = Promise.all(Array.from({ length: callers }, caller))
      const scaled = eventually(`more than one pod, ${round} time`, async () => {
        return (await workspace.readyPodsOf(revision)).length > 1
      }).finally(() => {
        over = true
      })
      await Promise.all([calling, scaled])
      await workspace.scaled(revision, 0, { withinMs: 120_000 })
    }
  })
})
