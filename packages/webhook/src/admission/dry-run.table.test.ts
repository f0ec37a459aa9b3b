import { describe, expect, test } from '@jest/globals'
import type { KubeObject, V1Pod } from '@knative-ts/apis'
import { DryRun } from './dry-run.ts'
import { dryRunPod } from './dry-run-pod.ts'
import { admittedKind } from './kinds.ts'

const serving = (kind: string) => admittedKind({ group: 'serving.knative.dev', version: 'v1', kind })!
const object = (labels?: Record<string, string>) =>
  ({
    metadata: { name: 'x', namespace: 'ns', ...(labels ? { labels } : {}) },
    spec: { template: { spec: { containers: [{ name: '&Invalid', image: 'img' }] } } },
  }) as KubeObject
const request = (dryRun: boolean) => ({
  uid: 'u',
  kind: { group: '', version: '', kind: '' },
  operation: 'CREATE',
  namespace: 'ns',
  dryRun,
})

async function tried(kind: string, dryRun: boolean, labels?: Record<string, string>): Promise<number> {
  const pods: unknown[] = []
  const client = {
    create: async <T>(_type: unknown, pod: T, options?: { dryRun?: boolean }): Promise<T> => {
      expect(options).toEqual({ dryRun: true })
      pods.push(pod)
      return pod
    },
  }
  await new DryRun(client).check(serving(kind), object(labels), request(dryRun))
  return pods.length
}

test.each([
  ['Service', true, undefined, 1],
  ['Service', false, undefined, 0],
  ['Configuration', true, undefined, 1],
  ['Configuration', true, { 'serving.knative.dev/service': 's' }, 0],
  ['Revision', true, undefined, 0],
])('%s, dry run %s, labels %j: %d pods tried', async (kind, dryRun, labels, count) => {
  expect(await tried(kind, dryRun, labels)).toBe(count)
})

describe('an API server that refuses', () => {
  const check = (message: string) =>
    new DryRun({ create: () => Promise.reject(new Error(message)) }).check(
      serving('Service'),
      object(),
      request(true),
    )
  test('makes the request fail with its reason', async () => {
    await expect(check('Pod "x" is invalid')).rejects.toMatchObject({
      code: 'WEBHOOK_REJECTED',
      message: 'validation callback failed: dry run failed with Pod "x" is invalid: spec.template',
    })
  })
  test('only because it cannot do dry runs is not heard', async () => {
    await expect(check('webhook "y" does not support dry run')).resolves.toBeUndefined()
  })
})

test('the pod is what would be deployed, without queue-proxy', () => {
  const pod: V1Pod = dryRunPod(
    {
      metadata: { labels: { a: 'b' } },
      spec: {
        timeoutSeconds: 30,
        containerConcurrency: 1,
        serviceAccountName: 'me',
        containers: [
          {
            name: 'c',
            image: 'img',
            ports: [{ name: 'h2c', containerPort: 9000 }],
            readinessProbe: { tcpSocket: { port: 0 } },
            livenessProbe: { httpGet: { port: 'h2c' } },
          },
          { name: 'side', image: 'img', livenessProbe: { tcpSocket: { port: 5 } } },
        ],
      },
    },
    'ns',
  )
  expect(pod).toEqual({
    metadata: { generateName: 'dry-run-validation', namespace: 'ns', labels: { a: 'b' } },
    spec: {
      serviceAccountName: 'me',
      terminationGracePeriodSeconds: 30,
      containers: [
        {
          name: 'c',
          image: 'img',
          ports: [{ name: 'user-port', containerPort: 9000, protocol: 'TCP' }],
          env: [{ name: 'PORT', value: '9000' }],
          livenessProbe: { httpGet: { port: 9000 } },
        },
        { name: 'side', image: 'img', livenessProbe: { tcpSocket: { port: 5 } } },
      ],
    },
  })
})
