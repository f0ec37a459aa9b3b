import { expect, test } from '@jest/globals'
import { probeChecks } from './probe-checks.ts'
import { terminatingText } from './shutdown.ts'

test.each([
  ['starting', false, false, undefined, 'the caches are not filled yet'],
  ['serving', true, false, undefined, undefined],
  ['told to end while it serves', true, true, terminatingText, terminatingText],
  ['told to end before that', false, true, terminatingText, terminatingText],
])('%s', (_, serving, terminating, health, readiness) => {
  const stop = new AbortController()
  if (terminating) stop.abort()
  const checks = probeChecks(stop.signal, () => serving)
  expect([checks['/health'](), checks['/readiness']()]).toEqual([health, readiness])
})
