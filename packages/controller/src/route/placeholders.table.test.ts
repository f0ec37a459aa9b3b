import { describe, expect, test } from '@jest/globals'
import {
  configurations,
  coreServices,
  endpoints,
  type Ingress,
  ingresses,
  type LoadBalancerIngress,
  type Route,
  revisions,
  routes,
  type TrafficTarget,
  type V1Endpoints,
  type V1Service,
} from '@knative-ts/apis'
import { withChange } from '@knative-ts/apis/testing'
import { ApiError } from '@knative-ts/kube'
import { type Existing, existing } from '@knative-ts/reconciler/testing'
import { condition } from '../testing/conditions.ts'
import { readyConfiguration, testConfiguration, testRevision, testRoute } from '../testing/serving-objects.ts'
import { type RouteWorld, runRoute } from './testing/run-route.ts'

const configuration = testConfiguration('foo', readyConfiguration('foo-00001'))
const servable = [
  existing(configurations, configuration),
  existing(revisions, testRevision('foo-00001', configuration, 'True')),
]

function route(more: TrafficTarget[] = [], change?: (route: Route) => void): Route {
  return testRoute('foo', [{ configurationName: 'foo', percent: 100 }, ...more], change)
}

async function run(object: Route, world: Existing[], failing?: RouteWorld['failing']) {
  return runRoute(object, { world: [...servable, ...world], failing })
}

const owned = {
  ownerReferences: [
    {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Route',
      name: 'foo',
      uid: 'uid-route-foo',
      controller: true,
    },
  ],
}
const labels = { 'serving.knative.dev/route': 'foo' }

function placeholder(spec: V1Service['spec'], name = 'foo'): V1Service {
  return { metadata: { name, namespace: 'default', labels, ...owned }, spec }
}

function placeholderEndpoints(ip: string): V1Endpoints {
  return {
    metadata: { name: 'foo', namespace: 'default', labels, ...owned },
    subsets: [{ addresses: [{ ip }], ports: [{ name: 'http2', port: 80 }] }],
  }
}

const externalName = (host: string): V1Service['spec'] => ({
  type: 'ExternalName',
  externalName: host,
  sessionAffinity: 'None',
  ports: [{ name: 'http2', port: 80, targetPort: 80, protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' }],
})
const headless: V1Service['spec'] = {
  type: 'ClusterIP',
  clusterIP: 'None',
  clusterIPs: ['None'],
  sessionAffinity: 'None',
  ports: [{ name: 'http2', port: 80, targetPort: 80, protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' }],
}
const meshed: V1Service['spec'] = {
  type: 'ClusterIP',
  clusterIP: '10.0.0.7',
  sessionAffinity: 'None',
  ports: [{ name: 'http', port: 80, targetPort: 80, protocol: 'TCP' }],
}

/** The Ingress as the controller left it, ready and served by the given gateways. */
async function ingress(
  publicEntries: LoadBalancerIngress[] | undefined,
  privateEntries?: LoadBalancerIngress[],
  object = route(),
): Promise<Existing> {
  const { client } = await run(object, [])
  const made = client.peek(ingresses, 'default', 'foo')!
  return existing(
    ingresses,
    withChange<Ingress>(made, (ready) => {
      ready.status = {
        observedGeneration: 1,
        conditions: [condition('Ready', 'True')],
        ...(publicEntries ? { publicLoadBalancer: { ingress: publicEntries } } : {}),
        ...(privateEntries ? { privateLoadBalancer: { ingress: privateEntries } } : {}),
      }
    }),
  )
}

const withoutStatus = (verbs: string[]): string[] =>
  verbs.filter((verb) => verb !== 'update-status routes/foo')

describe('placeholder Services', () => {
  test('stand for every tag', async () => {
    const { client } = await run(route([{ configurationName: 'foo', tag: 'blue' }]), [])
    expect(client.peekAll(coreServices).map(({ metadata }) => metadata.name)).toEqual(['foo', 'blue-foo'])
  })

  test('do not get the label that makes a Route private', async () => {
    const object = route([], ({ metadata }) => {
      metadata.labels = { 'networking.knative.dev/visibility': 'cluster-local', team: 'a' }
    })
    const { placeholder: made } = await run(object, [])
    expect(made?.metadata.labels).toEqual({ 'serving.knative.dev/route': 'foo', team: 'a' })
    expect(made?.spec?.externalName).toBe('foo.default.svc.cluster.local')
  })

  test('go with their tag, as do their Endpoints', async () => {
    const elsewhere = withChange(placeholder(externalName('x'), 'other'), ({ metadata }) => {
      metadata.namespace = 'elsewhere'
    })
    const { verbs, client } = await run(route(), [
      existing(coreServices, placeholder(externalName('x'))),
      existing(coreServices, placeholder(headless, 'gone-foo')),
      existing(endpoints, { metadata: { name: 'gone-foo', namespace: 'default' } }),
      existing(coreServices, elsewhere),
    ])
    expect(verbs).toEqual(expect.arrayContaining(['delete services/gone-foo', 'delete endpoints/gone-foo']))
    expect(client.peek(coreServices, 'elsewhere', 'other')).toBeDefined()
  })

  test('that can not be created are reported', async () => {
    const { events, outcome } = await run(route(), [], ({ verb, resource }) => {
      if (verb === 'create' && resource === 'services') {
        throw new ApiError('Forbidden', 'not today', { status: 403 })
      }
    })
    expect(events).toContain('Warning CreationFailed Failed to create placeholder service "foo": not today')
    expect(outcome).toMatchObject({ kind: 'retry', error: { code: 'CREATE_FAILED' } })
  })

  test.each([
    ['labelled', labels],
    ['not labelled', undefined],
  ])('of others, %s, are not touched', async (_, foreign) => {
    const theirs: V1Service = { metadata: { name: 'foo', namespace: 'default', labels: foreign }, spec: {} }
    const { verbs, conditions, outcome } = await run(route(), [existing(coreServices, theirs)])
    expect(withoutStatus(verbs)).toEqual([])
    expect(conditions['IngressReady']).toBe(
      'False NotOwned There is an existing placeholder Service "foo" that we do not own.',
    )
    expect(outcome).toMatchObject({ kind: 'retry', error: { code: 'NOT_OWNED' } })
  })

  test('stop when the Endpoints of their name are not theirs', async () => {
    const theirs: V1Endpoints = { metadata: { name: 'foo', namespace: 'default', labels } }
    const { conditions } = await run(route(), [existing(endpoints, theirs)])
    expect(conditions['IngressReady']).toBe(
      'False NotOwned There is an existing placeholder Endpoint "foo" that we do not own.',
    )
  })
})

describe('the gateway that a placeholder leads to', () => {
  test.each<[string, LoadBalancerIngress[] | undefined, LoadBalancerIngress[] | undefined, string]>([
    ['the private one, if there is one', [{ domain: 'public' }], [{ domain: 'private' }], 'private'],
    ['the public one otherwise', [{ domain: 'public' }], undefined, 'public'],
    ['its name inside the cluster first', [{ domain: 'out', domainInternal: 'in' }], undefined, 'in'],
    ['none of several', [{ domain: 'a' }, { domain: 'b' }], undefined, 'as.it.was'],
    ['none yet', undefined, undefined, 'as.it.was'],
  ])('is %s', async (_, publicEntries, privateEntries, expected) => {
    const { placeholder: after } = await run(route(), [
      existing(coreServices, placeholder(externalName('as.it.was'))),
      await ingress(publicEntries, privateEntries),
    ])
    expect(after?.spec?.externalName).toBe(expected)
  })

  test('is never the public one for a private placeholder', async () => {
    const local = withChange(placeholder(externalName('as.it.was')), ({ metadata }) => {
      metadata.labels!['networking.knative.dev/visibility'] = 'cluster-local'
    })
    const { placeholder: after } = await run(route(), [
      existing(coreServices, local),
      await ingress([{ domain: 'public' }]),
    ])
    expect(after?.spec?.externalName).toBe('as.it.was')
    expect(after?.metadata.labels).toHaveProperty(['networking.knative.dev/visibility'], 'cluster-local')
  })

  test('may be an address, which Endpoints then hold', async () => {
    const {
      verbs,
      placeholder: after,
      client,
    } = await run(route(), [
      existing(coreServices, placeholder(externalName('as.it.was'))),
      await ingress([{ ip: '192.0.2.1', domain: 'ignored' }]),
    ])
    expect(withoutStatus(verbs)).toEqual(['update services/foo', 'create endpoints/foo'])
    expect(after?.spec).toMatchObject({ type: 'ClusterIP', clusterIP: 'None' })
    expect(after?.spec).not.toHaveProperty('externalName')
    expect(client.peek(endpoints, 'default', 'foo')).toMatchObject({
      metadata: { labels, ...owned },
      subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ name: 'http2', port: 80 }] }],
    })
  })

  test('may change its address', async () => {
    const world = [
      existing(coreServices, placeholder(headless)),
      existing(endpoints, placeholderEndpoints('192.0.2.1')),
    ]
    const same = await run(route(), [...world, await ingress([{ ip: '192.0.2.1' }])])
    expect(withoutStatus(same.verbs)).toEqual([])
    const changed = await run(route(), [...world, await ingress([{ ip: '192.0.2.2' }])])
    expect(withoutStatus(changed.verbs)).toEqual(['update endpoints/foo'])
  })

  test('may be the mesh', async () => {
    const { placeholder: after, verbs } = await run(route(), [
      existing(coreServices, placeholder(externalName('as.it.was'))),
      await ingress([{ meshOnly: true }]),
    ])
    expect(withoutStatus(verbs)).toEqual(['update services/foo'])
    expect(after?.spec).toMatchObject({ type: 'ClusterIP', ports: [{ name: 'http', port: 80 }] })
    expect(after?.spec).not.toHaveProperty('clusterIP')
  })

  test.each<[string, V1Service['spec'], LoadBalancerIngress, string[]]>([
    ['name to name', externalName('a'), { domain: 'b' }, ['update services/foo']],
    ['name stays', externalName('b'), { domain: 'b' }, []],
    ['address to name', headless, { domain: 'b' }, ['delete services/foo', 'create services/foo']],
    ['mesh to name', meshed, { domain: 'b' }, ['delete services/foo', 'create services/foo']],
    ['mesh stays', meshed, { meshOnly: true }, []],
    ['address to mesh', headless, { meshOnly: true }, ['delete services/foo', 'create services/foo']],
    [
      'mesh to address',
      meshed,
      { ip: '192.0.2.1' },
      ['delete services/foo', 'create services/foo', 'create endpoints/foo'],
    ],
  ])('changes from %s', async (_, spec, entry, expected) => {
    const { verbs } = await run(route(), [existing(coreServices, placeholder(spec)), await ingress([entry])])
    expect(withoutStatus(verbs)).toEqual(expected)
  })

  test('takes its Endpoints with it when it has a name again', async () => {
    const { verbs } = await run(route(), [
      existing(coreServices, placeholder(headless)),
      existing(endpoints, placeholderEndpoints('192.0.2.1')),
      await ingress([{ domain: 'b' }]),
    ])
    expect(withoutStatus(verbs)).toEqual([
      'delete services/foo',
      'create services/foo',
      'delete endpoints/foo',
    ])
  })

  test('comes with labels and annotations that are only ever added', async () => {
    const object = route([], ({ metadata }) => {
      metadata.labels = { team: 'a' }
      metadata.annotations = { note: 'new' }
    })
    const current = withChange(placeholder(externalName('b')), ({ metadata }) => {
      metadata.labels = { ...labels, theirs: 'kept' }
      metadata.annotations = { theirs: 'kept' }
    })
    const { placeholder: after } = await run(object, [
      existing(coreServices, current),
      await ingress([{ domain: 'b' }], undefined, object),
    ])
    expect(after?.metadata.labels).toEqual({ ...labels, theirs: 'kept', team: 'a' })
    expect(after?.metadata.annotations).toEqual({ theirs: 'kept', note: 'new' })
  })

  test('is not written to Endpoints of others', async () => {
    const { conditions, verbs } = await run(route(), [
      existing(coreServices, placeholder(headless)),
      existing(endpoints, { metadata: { name: 'foo', namespace: 'default' } }),
      await ingress([{ ip: '192.0.2.1' }]),
    ])
    expect(conditions['IngressReady']).toBe(
      'False NotOwned There is an existing placeholder Endpoint "foo" that we do not own.',
    )
    expect(withoutStatus(verbs)).toEqual([])
  })
})

test('every placeholder belongs to its Route', async () => {
  const { placeholder: made, client } = await run(route(), [])
  expect(made?.metadata.ownerReferences).toEqual([{ ...owned.ownerReferences[0], blockOwnerDeletion: true }])
  expect(client.peek(routes, 'default', 'foo')?.metadata.uid).toBe('uid-route-foo')
})
