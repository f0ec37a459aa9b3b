import { expect, test } from '@jest/globals'
import type { RevisionSpec } from '@knative-ts/apis'
import { protocolOf, timeLimitsOf } from './revision-facts.ts'

const spec = (fields: Partial<RevisionSpec>): RevisionSpec => ({ containers: [], ...fields })

test.each<[string, RevisionSpec, string]>([
  ['no ports', spec({ containers: [{ name: 'user' }] }), 'http1'],
  ['a port without name', spec({ containers: [{ name: 'user', ports: [{ containerPort: 80 }] }] }), 'http1'],
  ['http1', spec({ containers: [{ name: 'user', ports: [{ name: 'http1', containerPort: 80 }] }] }), 'http1'],
  ['h2c', spec({ containers: [{ name: 'user', ports: [{ name: 'h2c', containerPort: 80 }] }] }), 'h2c'],
  [
    'h2c beside a sidecar',
    spec({ containers: [{ name: 'side' }, { name: 'user', ports: [{ name: 'h2c', containerPort: 80 }] }] }),
    'h2c',
  ],
])('protocol: %s', (_, revision, protocol) => {
  expect(protocolOf(revision)).toBe(protocol)
})

test.each<[string, RevisionSpec, number, number, number]>([
  ['nothing set', spec({}), 300_000, 0, 0],
  [
    'all set',
    spec({ timeoutSeconds: 600, responseStartTimeoutSeconds: 300, idleTimeoutSeconds: 20 }),
    600_000,
    300_000,
    20_000,
  ],
  ['zero is off', spec({ timeoutSeconds: 0 }), 0, 0, 0],
])('time limits: %s', (_, revision, requestMs, responseStartMs, idleMs) => {
  expect(timeLimitsOf({ metadata: {}, spec: revision })).toEqual({
    requestMs,
    responseStartMs,
    idleMs,
    text: 'activator request timeout',
  })
})
