import { describe, expect, test } from '@jest/globals'
import { configurationLabelKey, serviceLabelKey, type V1Container } from '@knative-ts/apis'
import { testRevision } from '../testing/revision-fixtures.ts'
import { makeUserContainers } from './user-containers.ts'

const serving: V1Container = { name: 'web', image: 'dev.local/web', ports: [{ containerPort: 8801 }] }

const made = (containers: V1Container[], labels?: Record<string, string>) =>
  makeUserContainers(
    testRevision((revision) => {
      revision.spec.containers = containers
      if (labels) revision.metadata.labels = labels
    }),
    false,
  )
const envOf = (container: V1Container | undefined) =>
  container?.env?.map(({ name, value }) => `${name}=${value}`)

describe('what a container asks of Kubernetes', () => {
  test.each<[string, Partial<V1Container>]>([
    ['command, arguments and folder', { command: ['/app'], args: ['a', '$(B)'], workingDir: '/work' }],
    ['user and what it may do', { securityContext: { runAsUser: 2020, readOnlyRootFilesystem: true } }],
    ['resources', { resources: { limits: { cpu: '1' }, requests: { memory: '1Gi' } } }],
    ['mounts', { volumeMounts: [{ name: 'data', mountPath: '/data', readOnly: true }] }],
    ['values from elsewhere', { envFrom: [{ configMapRef: { name: 'settings' } }] }],
    ['pull policy and last words', { imagePullPolicy: 'Always', terminationMessagePath: '/last' }],
    ['how its last words are found', { terminationMessagePolicy: 'File' }],
    [
      'exec probes',
      { readinessProbe: { exec: { command: ['true'] } }, startupProbe: { exec: { command: ['x'] } } },
    ],
  ])('is left as it is: %s', (_, asked) => {
    for (const container of made([
      { ...serving, ...asked },
      { name: 'side', image: 'dev.local/side', ...asked },
    ])) {
      expect(container).toMatchObject(asked)
    }
  })
})

describe('what every container has', () => {
  test.each<[string, Partial<V1Container>]>([
    ['that says nothing', {}],
    ['that says otherwise', { stdin: true, tty: true, lifecycle: { preStop: { exec: { command: ['x'] } } } }],
  ])('one %s: no input, no terminal, and the queue-proxy’s hook before it stops', (_, said) => {
    for (const container of made([
      { ...serving, ...said },
      { name: 'side', ...said },
    ])) {
      expect(container).toMatchObject({
        stdin: false,
        tty: false,
        terminationMessagePolicy: 'FallbackToLogsOnError',
        lifecycle: { preStop: { httpGet: { port: 8022, path: '/wait-for-drain' } } },
      })
      expect(container.lifecycle).toEqual({ preStop: { httpGet: { port: 8022, path: '/wait-for-drain' } } })
    }
  })

  test('names of what it belongs to, after its own values; PORT is for the one that serves', () => {
    const [web, side] = made([
      { ...serving, env: [{ name: 'A', value: 'b' }] },
      { name: 'side', env: [{ name: 'PORT', value: '9000' }] },
    ])
    const names = ['K_REVISION=hello-00001', 'K_CONFIGURATION=hello', 'K_SERVICE=hello']
    expect(envOf(web)).toEqual(['A=b', 'PORT=8801', ...names])
    expect(envOf(side)).toEqual(['PORT=9000', ...names])
  })

  test('an empty name where it belongs to no Service', () => {
    const [web] = made([serving], { [configurationLabelKey]: 'alone' })
    expect(envOf(web)).toEqual(['PORT=8801', 'K_REVISION=hello-00001', 'K_CONFIGURATION=alone', 'K_SERVICE='])
    expect(envOf(made([serving], { [serviceLabelKey]: 's' })[0])).toContain('K_SERVICE=s')
  })
})

describe('the port that requests get to', () => {
  test.each<[string, V1Container['ports'], number]>([
    ['none', undefined, 8080],
    ['by number', [{ containerPort: 8801 }], 8801],
    ['for HTTP/1.1', [{ name: 'http1', containerPort: 8801 }], 8801],
    ['for HTTP/2', [{ name: 'h2c', containerPort: 8801 }], 8801],
  ])('given %s', (_, ports, containerPort) => {
    const [web] = made([{ name: 'web', ...(ports ? { ports } : {}) }])
    expect(web!.ports).toEqual([{ name: 'user-port', containerPort }])
    expect(envOf(web)).toContain(`PORT=${containerPort}`)
  })
})

test.each<[string, V1Container['readinessProbe']]>([
  ['http', { httpGet: { port: 0 } }],
  ['tcp', { tcpSocket: { port: 0 } }],
  ['grpc', { grpc: { port: 0 } }],
])('a readiness probe by %s is left to the queue-proxy', (_, readinessProbe) => {
  const [web] = made([{ ...serving, ...(readinessProbe ? { readinessProbe } : {}) }])
  expect(web!.readinessProbe).toBeUndefined()
})
