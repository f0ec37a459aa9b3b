import { describe, expect, test } from '@jest/globals'
import { connectSuite } from '../harness/suite.ts'

const { workspace } = await connectSuite()

const serve = (
  spec: { timeoutSeconds?: number; responseStartTimeoutSeconds?: number; idleTimeoutSeconds?: number },
  burst = '0',
) =>
  workspace.serve({
    image: 'timeout',
    spec,
    annotations: {
      'autoscaling.knative.dev/min-scale': '1',
      'autoscaling.knative.dev/target-burst-capacity': burst,
    },
  })

describe.each([
  ['directly', '0'],
  ['through the activator', '-1'],
])('timeoutSeconds %s', (_, burst) => {
  test('before the first byte: 504; after it the answer goes on', async () => {
    const service = await serve({ timeoutSeconds: 5 }, burst)
    const [inTime, late, begun] = await Promise.all([
      workspace.get(service, '/?initialTimeout=1000'),
      workspace.get(service, '/?initialTimeout=8000'),
      workspace.get(service, '/?timeout=8000'),
    ])
    expect(inTime).toMatchObject({ status: 200, body: 'Slept for 1000 milliseconds' })
    expect(late).toMatchObject({ status: 504, body: expect.stringContaining('request timeout') })
    expect(begun).toMatchObject({ status: 200 })
  })
})

describe('responseStartTimeoutSeconds', () => {
  test('limits the time to the first byte and no more', async () => {
    const service = await serve({ timeoutSeconds: 30, responseStartTimeoutSeconds: 3 })
    const [late, begun] = await Promise.all([
      workspace.get(service, '/?initialTimeout=6000'),
      workspace.get(service, '/?initialTimeout=500&timeout=6000'),
    ])
    expect(late.status).toBe(504)
    expect(begun).toMatchObject({ status: 200, body: 'Slept for 6500 milliseconds' })
  })
})

describe('idleTimeoutSeconds', () => {
  test('limits silence, before and between bytes', async () => {
    const service = await serve({ timeoutSeconds: 60, idleTimeoutSeconds: 3 })
    const [silent, lively] = await Promise.all([
      workspace.get(service, '/?initialTimeout=6000'),
      workspace.get(service, '/?chunks=4&timeout=1500'),
    ])
    expect(silent.status).toBe(504)
    expect(lively).toMatchObject({ status: 200, body: expect.stringContaining('chunk 3\nSlept for') })
  })
})
