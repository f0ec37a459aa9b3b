import { expect, test } from '@jest/globals'
import { configMaps, secrets } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { Tracker } from './tracker.ts'

const parent = { metadata: { namespace: 'ns', name: 'parent' } }
const child = (name: string, labels: Record<string, string> = {}, namespace = 'ns') => ({
  metadata: { namespace, name, labels },
})

function setUp() {
  const clock = new ManualClock()
  const woken: string[] = []
  return { clock, woken, tracker: new Tracker(clock, (key) => woken.push(key)) }
}

test('wakes the parent on registering and on each change of what it tracks', () => {
  const { tracker, woken } = setUp()
  tracker.track(parent, configMaps, { namespace: 'ns', name: 'a' })
  tracker.track(parent, configMaps, { namespace: 'ns', name: 'a' })
  expect(woken).toEqual(['ns/parent'])
  tracker.onChange(configMaps, child('a'))
  tracker.onChange(configMaps, child('b'))
  tracker.onChange(secrets, child('a'))
  expect(woken).toEqual(['ns/parent', 'ns/parent'])
})

test('tracks by label within a namespace', () => {
  const { tracker, woken } = setUp()
  tracker.trackLabels(parent, configMaps, 'ns', { app: 'x' })
  woken.length = 0
  tracker.onChange(configMaps, child('a', { app: 'x', more: 'y' }))
  tracker.onChange(configMaps, child('b', { app: 'other' }))
  tracker.onChange(configMaps, child('c', { app: 'x' }, 'elsewhere'))
  expect(woken).toEqual(['ns/parent'])
})

test('interest runs out unless it is renewed', async () => {
  const { tracker, woken, clock } = setUp()
  const hourMs = 3_600_000
  tracker.track(parent, configMaps, { namespace: 'ns', name: 'a' })
  woken.length = 0
  await clock.advance(20 * hourMs)
  tracker.track(parent, configMaps, { namespace: 'ns', name: 'a' })
  await clock.advance(29 * hourMs)
  tracker.onChange(configMaps, child('a'))
  expect(woken).toEqual(['ns/parent'])
  await clock.advance(2 * hourMs)
  tracker.onChange(configMaps, child('a'))
  expect(woken).toEqual(['ns/parent'])
})
