import { expect, test } from '@jest/globals'
import type { RevisionSpec } from '@knative-ts/apis'
import { canUsePodsBeforeReady } from './probe-optimisation.ts'

const exec = { exec: { command: ['true'] } }
const http = { httpGet: { port: 8080 } }
const port = [{ containerPort: 8080 }]

test.each<[string, RevisionSpec, boolean]>([
  ['no probes', { containers: [{ name: 'user' }] }, true],
  ['an HTTP readiness probe', { containers: [{ name: 'user', readinessProbe: http }] }, true],
  ['an exec readiness probe', { containers: [{ name: 'user', readinessProbe: exec }] }, false],
  ['a startup probe', { containers: [{ name: 'user', startupProbe: http }] }, false],
  [
    'an exec readiness probe of a sidecar',
    {
      containers: [
        { name: 'user', ports: port },
        { name: 'side', readinessProbe: exec },
      ],
    },
    true,
  ],
  [
    'an exec readiness probe of the serving container beside a sidecar',
    { containers: [{ name: 'side' }, { name: 'user', ports: port, readinessProbe: exec }] },
    false,
  ],
  [
    'a startup probe of a sidecar',
    {
      containers: [
        { name: 'user', ports: port },
        { name: 'side', startupProbe: exec },
      ],
    },
    false,
  ],
  ['no containers', { containers: [] }, true],
])('%s', (_, spec, usable) => {
  expect(canUsePodsBeforeReady(spec)).toBe(usable)
})
