import { describe, expect, test } from '@jest/globals'
import { tally } from '../harness/load.ts'
import { connectSuite } from '../harness/suite.ts'

const { workspace } = await connectSuite()

const mostInFlight = (bodies: readonly string[]) =>
  Math.max(...bodies.map((body) => Number(/most in flight (\d+)/.exec(body)?.[1])))

describe('an activator', () => {
  test('keeps many more requests than the pods take, and none fails', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      spec: { containerConcurrency: 1 },
      annotations: {
        'autoscaling.knative.dev/max-scale': '10',
        'autoscaling.knative.dev/target-burst-capacity': '-1',
      },
    })
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => workspace.get(service, '/?sleep=500')),
    )
    expect(tally(answers.map(({ status }) => String(status)))).toEqual({ 200: 100 })
    expect(mostInFlight(answers.map(({ body }) => body))).toBe(1)
  })
})

describe.each([
  ['directly', '0'],
  ['through the activator', '-1'],
])('containerConcurrency %s', (_, burst) => {
  test('1: a container never has two requests, and none fails', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      spec: { containerConcurrency: 1 },
      annotations: {
        'autoscaling.knative.dev/min-scale': '1',
        'autoscaling.knative.dev/max-scale': '2',
        'autoscaling.knative.dev/target-burst-capacity': burst,
      },
    })
    const answers = await Promise.all(Array.from({ length: 10 }, () => workspace.get(service, '/?sleep=200')))
    expect(tally(answers.map(({ status }) => String(status)))).toEqual({ 200: 10 })
    expect(mostInFlight(answers.map(({ body }) => body))).toBe(1)
  })

  test('5: a container has at most five', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      spec: { containerConcurrency: 5 },
      annotations: {
        'autoscaling.knative.dev/min-scale': '1',
        'autoscaling.knative.dev/max-scale': '1',
        'autoscaling.knative.dev/target-burst-capacity': burst,
      },
    })
    const answers = await Promise.all(Array.from({ length: 20 }, () => workspace.get(service, '/?sleep=300')))
    expect(tally(answers.map(({ status }) => String(status)))).toEqual({ 200: 20 })
    const most = mostInFlight(answers.map(({ body }) => body))
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(5)
  })
})
