import { describe, expect, test } from '@jest/globals'
import { configurations, revisions } from '@knative-ts/apis'
import { existing } from '@knative-ts/reconciler/testing'
import { testConfig } from '../testing/config.ts'
import { runController } from '../testing/running-controller.ts'
import { readyConfiguration, testConfiguration } from '../testing/serving-objects.ts'
import { makeGcController } from './controller.ts'
import { agedRevision } from './testing/aged-revision.ts'

const hourMs = 3_600_000
const foo = testConfiguration('foo', readyConfiguration('foo-00002'))

function configured(lastActive: string) {
  return testConfig({
    gc: {
      'retain-since-create-time': 'disabled',
      'retain-since-last-active-time': lastActive,
      'min-non-active-revisions': '0',
    },
  })
}

/** Runs with the defaults of `config-gc`, under which two revisions in reserve stay. */
async function started() {
  const running = await runController(makeGcController, [existing(configurations, foo)])
  const usedMs = running.clock.now()
  for (const name of ['foo-00001', 'foo-00002']) {
    running.client.seed(revisions, agedRevision(name, { createdMs: usedMs, usedMs }))
  }
  await running.settle()
  expect(running.writes()).toEqual([])
  return running
}

describe('the gc controller', () => {
  test('another config-gc holds for every Configuration at once', async () => {
    await using running = await started()
    running.configure({ gc: configured('0s').gc })
    await running.settle()
    expect(running.writes()).toEqual(['delete revisions foo-00001'])
  })

  test('another ConfigMap changes nothing', async () => {
    await using running = await started()
    running.configure({ network: testConfig({ network: { 'rollout-duration': '5' } }).network })
    expect(running.controller.queue.idle).toBe(true)
  })

  test('a revision that leaves service is looked at', async () => {
    await using running = await started()
    running.configure({ gc: configured('0s').gc })
    await running.settle()
    running.writes()
    running.client.seed(revisions, agedRevision('foo-00003', { createdMs: 0, usedMs: 0 }))
    await running.settle()
    expect(running.writes()).toEqual(['delete revisions foo-00003'])
  })

  test('a revision goes in the moment when its time has come, without any event', async () => {
    await using running = await started()
    running.configure({ gc: configured('3h').gc })
    await running.settle()
    await running.clock.advance(3 * hourMs - 1000)
    expect(running.writes()).toEqual([])
    await running.clock.advance(1000)
    await running.settle()
    expect(running.writes()).toEqual(['delete revisions foo-00001'])
  })

  test('a revision goes once another one serves in its stead', async () => {
    await using running = await started()
    running.configure({ gc: configured('0s').gc })
    await running.settle()
    running.writes()
    running.client.replace(configurations, testConfiguration('foo', readyConfiguration('foo-00003')))
    await running.settle()
    expect(running.writes()).toEqual(['delete revisions foo-00002'])
  })
})
