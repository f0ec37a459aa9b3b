import { describe, expect, test } from '@jest/globals'
import { eventually } from '../harness/eventually.ts'
import { connectSuite } from '../harness/suite.ts'
import { PingClient } from './grpc-client.ts'

const { workspace, gateway } = await connectSuite()

const grpc = { ports: [{ name: 'h2c', containerPort: 8080 }] }
const ok = 0
const failedPrecondition = 9

describe.each([
  ['directly', '0'],
  ['through the activator', '-1'],
])('%s', (_, burst) => {
  const annotations = {
    'autoscaling.knative.dev/target-burst-capacity': burst,
    'autoscaling.knative.dev/min-scale': '1',
  }
  const serve = () =>
    workspace.serve({ image: 'grpc-ping', container: grpc, annotations, env: { SUFFIX: '!' } })

  test('a unary call is answered, many on one connection too', async () => {
    const service = await serve()
    using client = new PingClient(gateway.origin, service.status?.url ?? '')
    expect(await client.unary('Ping', 'hello')).toBe('hello !')
    const many = Array.from({ length: 100 }, (__, i) => `m${i}`)
    expect(await Promise.all(many.map((text) => client.unary('Ping', text)))).toEqual(
      many.map((text) => `${text} !`),
    )
  })

  test('a stream goes both ways at once and ends cleanly', async () => {
    const service = await serve()
    using client = new PingClient(gateway.origin, service.status?.url ?? '')
    const texts = Array.from({ length: 50 }, (__, i) => `part ${i}`)
    expect(await client.stream(texts)).toEqual({ messages: texts.map((text) => `${text} !`), code: ok })
    expect(await client.stream([])).toEqual({ messages: [], code: ok })
  })

  test('the status of a call that fails arrives with its message', async () => {
    const service = await serve()
    using client = new PingClient(gateway.origin, service.status?.url ?? '')
    await expect(client.unary('Fail', 'x')).rejects.toMatchObject({
      code: failedPrecondition,
      details: 'not in this state',
    })
  })
})

describe('scale', () => {
  test('a call wakes the service from zero', async () => {
    const service = await workspace.serve({
      image: 'grpc-ping',
      container: grpc,
      annotations: {
        'autoscaling.knative.dev/window': '6s',
        'autoscaling.knative.dev/scale-to-zero-pod-retention-period': '0s',
      },
    })
    await workspace.scaled(service.status?.latestReadyRevisionName ?? '', 0, { withinMs: 120_000 })
    using client = new PingClient(gateway.origin, service.status?.url ?? '')
    expect(await client.unary('Ping', 'wake up')).toBe('wake up')
  })

  test('calls reach all of three pods, though they share one connection', async () => {
    const service = await workspace.serve({
      image: 'grpc-ping',
      container: grpc,
      env: { HOSTNAME_IN_ANSWER: '1' },
      annotations: {
        'autoscaling.knative.dev/min-scale': '3',
        'autoscaling.knative.dev/target-burst-capacity': '-1',
      },
    })
    using client = new PingClient(gateway.origin, service.status?.url ?? '')
    const hosts = new Set<string>()
    await eventually('three pods', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => client.unary('Ping', 'x')))
      for (const answer of answers) hosts.add(answer)
      return hosts.size === 3
    })
  })
})
