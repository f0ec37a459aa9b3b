import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import type { RevisionLoad } from '@knative-ts/stats'
import { ConcurrencyReporter } from './concurrency-reporter.ts'

function setup() {
  const clock = new ManualClock()
  const sent: string[] = []
  const text = (load: RevisionLoad) =>
    `${load.revision} ${load.averageConcurrentRequests} ${load.requestCount}${load.idle ? ' idle' : ''}`
  const reporter = new ConcurrencyReporter({ clock, send: (loads) => sent.push(loads.map(text).join(', ')) })
  reporter.start()
  return {
    clock,
    reporter,
    arrive: (name: string) => reporter.arrive(`ns/${name}`, { namespace: 'ns', name }),
    leave: (name: string) => reporter.leave(`ns/${name}`),
    taken: () => sent.splice(0),
  }
}

test('says nothing while nothing happens', async () => {
  const { clock, taken } = setup()
  await clock.advance(5000)
  expect(taken()).toEqual([])
})

test('reports the first request at once and, while it waits, not as zero', async () => {
  const { clock, arrive, taken } = setup()
  arrive('a')
  expect(taken()).toEqual(['a 1 1'])
  await clock.advance(1000)
  expect(taken()).toEqual([])
  await clock.advance(1000)
  expect(taken()).toEqual(['a 1 0'])
})

test('only the first of several requests is reported at once', async () => {
  const { clock, arrive, taken } = setup()
  arrive('a')
  arrive('a')
  arrive('a')
  expect(taken()).toEqual(['a 1 1'])
  await clock.advance(1000)
  expect(taken()).toEqual(['a 2 2'])
})

test('a request that waits is not reported as zero, though another one before it was brief', async () => {
  const { clock, arrive, leave, taken } = setup()
  arrive('a')
  await clock.advance(100)
  leave('a')
  await clock.advance(800)
  arrive('a')
  await clock.advance(100)
  expect(taken()).toEqual(['a 1 1', 'a 1 1'])
})

test('averages over time', async () => {
  const { clock, arrive, leave, taken } = setup()
  arrive('a')
  await clock.advance(1000)
  taken()
  await clock.advance(250)
  arrive('a')
  await clock.advance(500)
  leave('a')
  await clock.advance(250)
  expect(taken()).toEqual(['a 1.5 1'])
})

test('a first request that lasted half the period was reported in full already', async () => {
  const { clock, arrive, leave, taken } = setup()
  arrive('a')
  await clock.advance(500)
  leave('a')
  await clock.advance(500)
  expect(taken()).toEqual(['a 1 1', 'a 0 0'])
  await clock.advance(1000)
  expect(taken()).toEqual(['a 0 0 idle'])
})

test('an idle revision gets one zero report, is forgotten, and its next request is urgent again', async () => {
  const { clock, arrive, leave, taken } = setup()
  arrive('a')
  await clock.advance(1000)
  leave('a')
  taken()
  await clock.advance(1000)
  expect(taken()).toEqual(['a 0 0 idle'])
  await clock.advance(3000)
  expect(taken()).toEqual([])
  arrive('a')
  expect(taken()).toEqual(['a 1 1'])
})

test('a request that arrives as an idle period ends keeps the revision', async () => {
  const { clock, arrive, leave, reporter, taken } = setup()
  arrive('a')
  await clock.advance(1000)
  leave('a')
  await clock.advance(999)
  taken()
  arrive('a')
  reporter.report()
  expect(taken()).toEqual(['a 1 1'])
  arrive('a')
  expect(taken()).toEqual([])
})

test('reports all revisions in one batch', async () => {
  const { clock, arrive, taken } = setup()
  arrive('a')
  arrive('b')
  expect(taken()).toEqual(['a 1 1', 'b 1 1'])
  await clock.advance(2000)
  expect(taken()).toEqual(['a 1 0, b 1 0'])
})

test('stops when closed', async () => {
  const { clock, arrive, reporter, taken } = setup()
  arrive('a')
  reporter.close()
  taken()
  await clock.advance(5000)
  expect(taken()).toEqual([])
  expect(clock.pendingTimers).toBe(0)
})
