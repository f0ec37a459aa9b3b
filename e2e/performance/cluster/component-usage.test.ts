import { expect, test } from '@jest/globals'
import type { V1Pod } from '@knative-ts/apis'
import { cpuBetween, usageOf } from './component-usage.ts'

const pod = (uid: string, namespace: string, labels: Record<string, string>): V1Pod => ({
  metadata: { uid, namespace, name: uid, labels },
})
const all = [
  pod('a1', 'knative-serving', { app: 'activator' }),
  pod('a2', 'knative-serving', { app: 'activator' }),
  pod('r1', 'default', { 'serving.knative.dev/revision': 'hello-00001' }),
  pod('x1', 'default', { app: 'activator' }),
]

test('processes add up by component; pods of others do not count', () => {
  const processes = [
    { podUid: 'a1', command: '/nodejs/bin/node /app/activator.mjs', rssMB: 60, cpuUs: 10 },
    { podUid: 'a1', command: '/pause', rssMB: 1, cpuUs: 1 },
    { podUid: 'a2', command: '/nodejs/bin/node /app/activator.mjs', rssMB: 40, cpuUs: 20 },
    { podUid: 'r1', command: '/nodejs/bin/node /app/queue-proxy.mjs', rssMB: 50, cpuUs: 30 },
    { podUid: 'r1', command: '/tiny-server', rssMB: 5, cpuUs: 3 },
    { podUid: 'x1', command: '/activator', rssMB: 99, cpuUs: 99 },
    { podUid: 'gone', command: '/activator', rssMB: 99, cpuUs: 99 },
  ]
  expect(Object.fromEntries(usageOf(all, processes))).toEqual({
    activator: { rssMB: 100, cpuUs: 30 },
    'queue-proxy': { rssMB: 50, cpuUs: 30 },
    'user-container': { rssMB: 5, cpuUs: 3 },
  })
})

test('a component restarted between two looks has no processor time', () => {
  const at = (activator: number, webhook: number) =>
    new Map([
      ['activator', { rssMB: 1, cpuUs: activator }],
      ['webhook', { rssMB: 1, cpuUs: webhook }],
    ])
  expect(Object.fromEntries(cpuBetween(at(100, 500), at(175, 20)))).toEqual({ activator: 75 })
})
