import { describe, expect, test } from '@jest/globals'
import { configurations, routes, services } from '@knative-ts/apis'
import { connectSuite } from '../harness/suite.ts'
import type { ServiceShape } from '../harness/workspace.ts'

const { workspace, client } = await connectSuite()

type Refused = [what: string, shape: Partial<ServiceShape>, message: RegExp]

const refused: Refused[] = [
  [
    'a service account that is no name',
    { spec: { serviceAccountName: 'foo@bar.baz' } },
    /foo@bar\.baz: spec\.template\.spec\.serviceAccountName/,
  ],
  [
    'a port name that means no protocol',
    { container: { ports: [{ name: 'arbitrary', containerPort: 8080 }] } },
    /invalid value: arbitrary.*ports\.name|arbitrary/s,
  ],
  [
    'two ports',
    { container: { ports: [{ containerPort: 8080 }, { containerPort: 8081 }] } },
    /more than one container port is set: spec\.template\.spec\.containers\[\*\]\.ports/,
  ],
  [
    'a port of the queue-proxy',
    { container: { ports: [{ containerPort: 8012 }] } },
    /8012.*spec\.template\.spec\.containers\[0\]\.ports\[0\]\.containerPort|8012.*containerPort/s,
  ],
  [
    'a variable that Knative sets',
    { env: { K_SERVICE: 'mine' } },
    /"?K_SERVICE"? is a reserved environment variable.*spec\.template\.spec\.containers\[0\]\.env\[0\]\.name/s,
  ],
  [
    'mount propagation',
    {
      container: { volumeMounts: [{ name: 'v', mountPath: '/v', mountPropagation: 'Bidirectional' }] },
      spec: { volumes: [{ name: 'v', emptyDir: {} }] },
    },
    /must not set the field\(s\):.*mountPropagation/,
  ],
  [
    'a negative user',
    { container: { securityContext: { runAsUser: -10 } } },
    /expected 0 <= -10 <= .*securityContext\.runAsUser/,
  ],
  [
    'a negative concurrency',
    { spec: { containerConcurrency: -1 } },
    /expected 0 <= -1 <= 1000: spec\.template\.spec\.containerConcurrency/,
  ],
  [
    'a timeout beyond the limit',
    { spec: { timeoutSeconds: 601 } },
    /expected 0 <= 601 <= 600: spec\.template\.spec\.timeoutSeconds/,
  ],
  [
    'a minimum above the maximum',
    {
      annotations: {
        'autoscaling.knative.dev/min-scale': '3',
        'autoscaling.knative.dev/max-scale': '2',
      },
    },
    /max-scale=2 is less than min-scale=3/,
  ],
  [
    'a window that is no duration',
    { annotations: { 'autoscaling.knative.dev/window': 'soon' } },
    /invalid value: soon: .*autoscaling\.knative\.dev\/window/,
  ],
  [
    'a revision name that does not begin with that of the Service',
    { name: 'proper', revisionName: 'other-one' },
    /"?other-one"? must have prefix "?proper-"?|must have prefix/,
  ],
]

describe('refused at creation', () => {
  test.each(refused)('%s', async (_, shape, message) => {
    await expect(workspace.create({ image: 'runtime', ...shape })).rejects.toThrow(message)
  })

  test('a Configuration without containers', async () => {
    await expect(
      client.create(configurations, {
        metadata: { name: 'bare', namespace: workspace.namespace },
        spec: { template: { spec: { containers: [] } } },
      }),
    ).rejects.toThrow(/missing field\(s\): spec\.template\.spec\.containers/)
  })

  test('a Route with one tag twice', async () => {
    await expect(
      client.create(routes, {
        metadata: { name: 'twice', namespace: workspace.namespace },
        spec: {
          traffic: [
            { revisionName: 'a', percent: 50, tag: 'same' },
            { revisionName: 'b', percent: 50, tag: 'same' },
          ],
        },
      }),
    ).rejects.toThrow(/Multiple definitions for "same": spec\.traffic\[0\]\.tag, spec\.traffic\[1\]\.tag/)
  })
})

describe('what a container may not have', () => {
  test('is refused or left out: hooks, hostPort, stdin, tty', async () => {
    const unwanted = [
      { lifecycle: { preStop: { sleep: { seconds: 1 } } } },
      { ports: [{ containerPort: 8080, hostPort: 8080 }] },
      { stdin: true },
      { stdinOnce: true },
      { tty: true },
    ]
    for (const container of unwanted) {
      const created = await workspace.create({ image: 'runtime', container }).catch((error: Error) => error)
      if (created instanceof Error) {
        expect(created.message).toContain('must not set the field(s)')
        continue
      }
      const [stored] = created.spec.template.spec.containers
      expect([
        stored?.lifecycle,
        stored?.stdin,
        stored?.stdinOnce,
        stored?.tty,
        stored?.ports?.[0]?.hostPort,
      ]).toEqual(Array(5).fill(undefined))
    }
  })
})

describe('defaults', () => {
  test('are filled in and stored', async () => {
    const service = await workspace.create({ image: 'runtime' })
    expect(service.spec).toMatchObject({
      template: {
        spec: {
          containerConcurrency: 0,
          timeoutSeconds: 300,
          enableServiceLinks: false,
          containers: [{ readinessProbe: { tcpSocket: { port: 0 }, successThreshold: 1 } }],
        },
      },
      traffic: [{ latestRevision: true, percent: 100 }],
    })
    expect(service.spec.template.spec.containers[0]?.name).toBeTruthy()
  })

  test('a dry run answers the same and stores nothing', async () => {
    const name = workspace.name('dry')
    const object = {
      metadata: { name, namespace: workspace.namespace },
      spec: { template: workspace.template({ image: 'runtime' }) },
    }
    const dry = await client.create(services, object, { dryRun: true })
    expect(dry.spec.template.spec.timeoutSeconds).toBe(300)
    const { items } = await client.list(services, { namespace: workspace.namespace })
    expect(items.map(({ metadata }) => metadata.name)).not.toContain(name)
  })
})
