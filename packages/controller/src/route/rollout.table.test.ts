import { describe, expect, test } from '@jest/globals'
import {
  configurations,
  coreServices,
  type Ingress,
  ingresses,
  type Route,
  type RouteStatus,
  revisions,
  routes,
  type V1Service,
} from '@knative-ts/apis'
import { withChange } from '@knative-ts/apis/testing'
import { existing } from '@knative-ts/reconciler/testing'
import { readyConfiguration, testConfiguration, testRevision } from '../testing/serving-objects.ts'
import { runRoute } from './testing/run-route.ts'
import { foo, ingressOf, nowMs, ready, route } from './testing/servable-route.ts'

describe('a gradual rollout', () => {
  const second = testConfiguration('foo', readyConfiguration('foo-00002'))
  const moving = route(({ metadata }) => {
    metadata.annotations = { 'serving.knative.dev/rollout-duration': '61s' }
  })

  /** A pass over the Route once the second revision is ready, with the Ingress as it was left. */
  function pass(object: Route, ingress: Ingress, placeholder: V1Service | undefined, atMs: number) {
    return runRoute(object, {
      nowMs: atMs,
      world: [
        existing(configurations, second),
        existing(revisions, testRevision('foo-00001', foo, 'True')),
        existing(revisions, testRevision('foo-00002', second, 'True')),
        existing(ingresses, ingress),
        ...(placeholder ? [existing(coreServices, placeholder)] : []),
      ],
    })
  }

  const shares = (ingress: Ingress | undefined) =>
    ingress?.spec.rules?.[0]?.http?.paths[0]?.splits.map(
      ({ serviceName, percent }) => `${serviceName} ${percent}`,
    )
  const traffic = (status: RouteStatus | undefined) =>
    status?.traffic?.map(({ revisionName, percent }) => `${revisionName} ${percent}`)

  test('starts with one percent, steps on time, and ends ready', async () => {
    const before = await ingressOf(moving, ready)
    const started = await pass(moving, before, undefined, nowMs)
    let ingress = started.client.peek(ingresses, 'default', 'foo')!
    expect(shares(ingress)).toEqual(['foo-00001 99', 'foo-00002 1'])
    expect(traffic(started.status)).toEqual(['foo-00001 99', 'foo-00002 1'])
    expect(started.conditions['IngressReady']).toBe(
      'Unknown RolloutInProgress A gradual rollout of the latest revision(s) is in progress.',
    )
    expect(started.outcome).toEqual({ kind: 'done' })

    ready(ingress)
    const served = await pass(
      started.client.peek(routes, 'default', 'foo')!,
      ingress,
      started.placeholder,
      nowMs + 400,
    )
    expect(served.outcome).toEqual({ kind: 'again-after', delayMs: 1000 })
    ingress = served.client.peek(ingresses, 'default', 'foo')!
    expect(shares(ingress)).toEqual(['foo-00001 99', 'foo-00002 1'])

    ready(ingress)
    const stepped = await pass(
      served.client.peek(routes, 'default', 'foo')!,
      ingress,
      served.placeholder,
      nowMs + 1400,
    )
    expect(shares(stepped.client.peek(ingresses, 'default', 'foo'))).toEqual(['foo-00001 97', 'foo-00002 3'])
    expect(stepped.conditions['Ready']).toMatch(/^Unknown RolloutInProgress/)

    const last = withChange(stepped.client.peek(ingresses, 'default', 'foo')!, (object) => {
      ready(object)
      object.metadata.annotations!['networking.internal.knative.dev/rollout'] = JSON.stringify({
        configurations: [
          {
            configurationName: 'foo',
            percent: 100,
            revisions: [
              { revisionName: 'foo-00001', percent: 1 },
              { revisionName: 'foo-00002', percent: 99 },
            ],
            stepParams: { starttime: 1, nextStepTime: 2, stepDuration: 1, stepSize: 2 },
          },
        ],
      })
    })
    const ended = await pass(
      stepped.client.peek(routes, 'default', 'foo')!,
      last,
      stepped.placeholder,
      nowMs + 60_000,
    )
    ingress = ended.client.peek(ingresses, 'default', 'foo')!
    expect(shares(ingress)).toEqual(['foo-00002 100'])
    expect(traffic(ended.status)).toEqual(['foo-00002 100'])
  })

  test('still shows what each revision gets when a pass fails on the way', async () => {
    const before = await ingressOf(moving, ready)
    const world = [
      existing(configurations, second),
      existing(revisions, testRevision('foo-00001', foo, 'True')),
      existing(revisions, testRevision('foo-00002', second, 'True')),
      existing(ingresses, before),
    ]
    const { status, outcome } = await runRoute(moving, {
      nowMs,
      world,
      failing: ({ verb, resource }) => {
        if (verb === 'update' && resource === 'ingresses') throw new Error('somebody was faster')
      },
    })
    expect(outcome).toMatchObject({ kind: 'retry' })
    expect(traffic(status)).toEqual(['foo-00001 99', 'foo-00002 1'])
  })

  test('is not begun when the annotation is missing and no default is set', async () => {
    const before = await ingressOf(route(), ready)
    const { client } = await pass(route(), before, undefined, nowMs)
    expect(shares(client.peek(ingresses, 'default', 'foo'))).toEqual(['foo-00002 100'])
  })

  test('speaks to an older revision in that revision’s protocol', async () => {
    const before = await ingressOf(moving, ready)
    const { client } = await runRoute(moving, {
      nowMs,
      world: [
        existing(configurations, second),
        existing(revisions, testRevision('foo-00001', foo, 'True')),
        existing(
          revisions,
          testRevision('foo-00002', second, 'True', ({ spec }) => {
            spec.containers[0]!.ports = [{ name: 'h2c', containerPort: 8080 }]
          }),
        ),
        existing(ingresses, before),
      ],
    })
    const splits = client.peek(ingresses, 'default', 'foo')?.spec.rules?.[0]?.http?.paths[0]?.splits
    expect(splits?.map(({ servicePort }) => servicePort)).toEqual([80, 81])
  })
})
