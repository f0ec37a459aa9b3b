import { describe, expect, test } from '@jest/globals'
import {
  coreServices,
  deployments,
  endpoints,
  type ServerlessService,
  type V1Endpoints,
  type V1Service,
} from '@knative-ts/apis'
import { withChange } from '@knative-ts/apis/testing'
import { ApiError } from '@knative-ts/kube'
import { type Existing, existing } from '@knative-ts/reconciler/testing'
import { makePrivateService, makePublicService } from './resources/services.ts'
import {
  activatorPods,
  endpointsOf,
  podSubsets,
  reconcileSks,
  selector,
  settledWorld,
  testDeployment,
  testServerlessService,
} from './testing/serverless-service-table.ts'

const sks = testServerlessService()
const proxying = testServerlessService((copy) => {
  copy.spec.mode = 'Proxy'
})
const activators = activatorPods(['10.0.0.1', '10.0.0.2'])
const activatorNote = 'ActivatorEndpointsPopulated Revision is backed by Activator'
const unowned = <T extends Existing>({ type, object }: T): Existing =>
  existing(type, { ...object, metadata: { ...object.metadata, ownerReferences: [] } })

describe('first reconcile', () => {
  test('makes both Services before it needs Endpoints, and says what is missing', async () => {
    const result = await reconcileSks(sks, [
      existing(deployments, testDeployment),
      endpointsOf('knative-serving', 'activator-service', activators),
    ])
    expect(result.wrote).toEqual([
      'create services hello-00001-private',
      'create services hello-00001',
      'update-status serverlessservices hello-00001',
    ])
    expect(result.outcome.kind).toBe('retry')
    expect(result.events).toEqual([
      'Warning InternalError failed to get private K8s Service endpoints: endpoints "hello-00001-private" not found',
    ])
    expect(result.conditions['EndpointsPopulated']).toBe(
      'Unknown CreatingPublicService K8s Service is not ready',
    )
    expect(result.conditions['Ready']).toBe('Unknown CreatingPublicService K8s Service is not ready')
    expect(result.sks.status).toMatchObject({
      serviceName: 'hello-00001',
      privateServiceName: 'hello-00001-private',
      observedGeneration: 1,
    })
  })

  test('without the activator there is nowhere to send requests', async () => {
    const result = await reconcileSks(sks, [
      existing(deployments, testDeployment),
      endpointsOf('default', 'hello-00001-private'),
    ])
    expect(result.events).toEqual([
      'Warning InternalError failed to get activator service endpoints: endpoints "activator-service" not found',
    ])
  })

  test('without the Deployment no selector is known', async () => {
    const result = await reconcileSks(sks, [])
    expect(result.wrote).toEqual(['update-status serverlessservices hello-00001'])
    expect(result.events).toEqual([
      'Warning InternalError error retrieving deployment selector spec: deployments.apps "hello-00001-deployment" not found',
    ])
  })

  test('only Deployments can be behind it', async () => {
    const odd = testServerlessService((copy) => {
      copy.spec.objectRef.kind = 'StatefulSet'
    })
    expect((await reconcileSks(odd, [])).events[0]).toContain('must be a Deployment')
  })

  test.each(['services', 'endpoints'])('a refused create of %s is retried', async (resource) => {
    const result = await reconcileSks(
      sks,
      [
        existing(deployments, testDeployment),
        endpointsOf('default', 'hello-00001-private'),
        endpointsOf('knative-serving', 'activator-service', activators),
      ],
      (request) => {
        if (request.verb === 'create' && request.resource === resource) throw new ApiError('Forbidden', 'no')
      },
    )
    expect(result.outcome.kind).toBe('retry')
    expect(result.events).toEqual(['Warning InternalError no'])
  })
})

describe('Services', () => {
  const portsOf = ({ spec }: V1Service) =>
    spec?.ports?.map(({ name, port, targetPort, appProtocol }) =>
      [name, `${port}→${targetPort}`, appProtocol].filter(Boolean).join(' '),
    )

  test.each([
    [
      'http1' as const,
      ['http 80→8012', 'https 443→8112'],
      [
        'http 80→8012',
        'https 443→8112',
        'http-autometric 9090→http-autometric',
        'http-usermetric 9091→http-usermetric',
        'http-istio 8012→8012',
      ],
    ],
    [
      'h2c' as const,
      ['http2 81→8013 kubernetes.io/h2c', 'https 443→8112'],
      [
        'http2 80→8013',
        'https 443→8112',
        'http-autometric 9090→http-autometric',
        'http-usermetric 9091→http-usermetric',
        'http2-istio 8013→8013',
      ],
    ],
  ])('%s', (protocolType, publicPorts, privatePorts) => {
    const owner = testServerlessService((copy) => {
      copy.spec.protocolType = protocolType
    })
    const publicService = makePublicService(owner)
    const privateService = makePrivateService(owner, selector)
    expect(portsOf(publicService)).toEqual(publicPorts)
    expect(portsOf(privateService)).toEqual(privatePorts)
    expect(publicService.spec).not.toHaveProperty('selector')
    expect(privateService.spec.selector).toEqual(selector)
    for (const [service, name, serviceType] of [
      [publicService, 'hello-00001', 'Public'],
      [privateService, 'hello-00001-private', 'Private'],
    ] as const) {
      expect(service.metadata).toMatchObject({
        name,
        namespace: 'default',
        labels: {
          'serving.knative.dev/revision': 'hello-00001',
          'networking.internal.knative.dev/serverlessservice': 'hello-00001',
          'networking.internal.knative.dev/serviceType': serviceType,
        },
        annotations: owner.metadata.annotations,
        ownerReferences: [{ kind: 'ServerlessService', uid: 'sks-uid', controller: true }],
      })
    }
  })

  const drift = (world: Existing[], name: string, change: (service: V1Service) => void): Existing[] =>
    world.map((item) =>
      item.type === coreServices && item.object.metadata.name === name
        ? existing(coreServices, withChange(item.object as V1Service, change))
        : item,
    )
  const world = settledWorld(sks, { pods: podSubsets(['10.1.0.1']), activators })

  test.each(['hello-00001', 'hello-00001-private'])(
    'ports and selector of %s are kept right',
    async (name) => {
      const result = await reconcileSks(
        sks,
        drift(world, name, (service) => {
          service.spec!.ports = []
          service.spec!.selector = { wrong: 'pods' }
          service.spec!.clusterIP = '10.96.0.7'
          service.metadata.labels = { mine: 'stays' }
        }),
      )
      expect(result.wrote).toContain(`update services ${name}`)
      const service = result.client.peek(coreServices, 'default', name)
      expect(service?.spec?.selector).toEqual(name.endsWith('-private') ? selector : undefined)
      expect(service?.spec?.ports?.length).toBe(name.endsWith('-private') ? 5 : 2)
      expect(service?.spec?.clusterIP).toBe('10.96.0.7')
      expect(service?.metadata.labels).toEqual({ mine: 'stays' })
    },
  )

  test.each(['hello-00001', 'hello-00001-private'])('a Service %s of someone else', async (name) => {
    const result = await reconcileSks(
      sks,
      world.map((item) => (item.object.metadata.name === name ? unowned(item) : item)),
    )
    const message = `NotOwned Resource ${name} of type Service is not owned by SKS`
    expect(result.conditions['EndpointsPopulated']).toBe(`False ${message}`)
    expect(result.conditions['Ready']).toBe(`False ${message}`)
    expect(result.events).toEqual([
      `Warning InternalError SKS: "hello-00001" does not own Service: "${name}"`,
    ])
    expect(result.outcome.kind).toBe('retry')
  })

  test('Endpoints of someone else', async () => {
    const settled = settledWorld(sks, { pods: podSubsets(['10.1.0.1']), activators, current: [] })
    const result = await reconcileSks(
      sks,
      settled.map((item) =>
        item.type === endpoints && item.object.metadata.name === 'hello-00001' ? unowned(item) : item,
      ),
    )
    expect(result.conditions['EndpointsPopulated']).toBe(
      'False NotOwned Resource hello-00001 of type Endpoints is not owned by SKS',
    )
    expect(result.events).toEqual([
      'Warning InternalError SKS: "hello-00001" does not own Endpoints: "hello-00001"',
    ])
  })
})

describe('what is behind the public Service', () => {
  const pods = podSubsets(['10.1.0.1', '10.1.0.2'], ['10.1.0.3'])
  const unready = 'Unknown NoHealthyBackends K8s Service is not ready'
  const pod = ['10.1.0.1', '10.1.0.2']
  const activator = ['10.0.0.1', '10.0.0.2']

  test.each([
    { name: 'Serve with ready pods', of: sks, pods, behind: pod, populated: 'True', viaActivator: false },
    {
      name: 'Proxy with ready pods',
      of: proxying,
      pods,
      behind: activator,
      populated: 'True',
      viaActivator: true,
    },
    {
      name: 'Serve without ready pods',
      of: sks,
      pods: podSubsets([], ['10.1.0.3']),
      behind: activator,
      populated: unready,
      viaActivator: true,
    },
    {
      name: 'Proxy without any pods',
      of: proxying,
      pods: undefined,
      behind: activator,
      populated: unready,
      viaActivator: true,
    },
    {
      name: 'Proxy without a ready activator',
      of: proxying,
      pods,
      noActivator: true,
      behind: pod,
      populated: 'True',
      viaActivator: true,
    },
    {
      name: 'nothing ready at all',
      of: sks,
      pods: undefined,
      noActivator: true,
      behind: [],
      populated: unready,
      viaActivator: true,
    },
  ])('$name', async (row) => {
    const world = settledWorld(row.of, {
      ...(row.pods ? { pods: row.pods } : {}),
      ...(row.noActivator ? {} : { activators }),
    })
    const result = await reconcileSks(row.of, world)
    expect(result.outcome).toEqual({ kind: 'done' })
    expect(result.wrote).toContain('create endpoints hello-00001')
    expect(result.behind).toEqual(row.behind)
    expect(result.conditions).toEqual({
      ActivatorEndpointsPopulated: `${row.viaActivator ? 'True' : 'False'} ${activatorNote}`,
      EndpointsPopulated: row.populated,
      Ready: row.populated,
    })
    expect(result.sks.status?.conditions?.find(({ severity }) => severity)).toMatchObject({
      type: 'ActivatorEndpointsPopulated',
      severity: 'Info',
    })
    const again = await reconcileSks(result.sks, [
      ...world,
      existing(endpoints, result.client.peek(endpoints, 'default', 'hello-00001') as V1Endpoints),
    ])
    expect(again.wrote).toEqual([])
  })

  test.each([
    ['http1' as const, [8012, 8112]],
    ['h2c' as const, [8013, 8112]],
  ])('only the ports that take %s requests are kept', async (protocolType, expected) => {
    const owner = withChange(proxying, (copy: ServerlessService) => {
      copy.spec.protocolType = protocolType
    })
    const result = await reconcileSks(owner, settledWorld(owner, { activators }))
    const [subset] = result.client.peek(endpoints, 'default', 'hello-00001')?.subsets ?? []
    expect(subset?.ports?.map(({ port }) => port)).toEqual(expected)
  })

  test('pods that are not ready are carried over', async () => {
    const result = await reconcileSks(sks, settledWorld(sks, { pods, activators }))
    const [subset] = result.client.peek(endpoints, 'default', 'hello-00001')?.subsets ?? []
    expect(subset?.notReadyAddresses).toEqual([{ ip: '10.1.0.3' }])
  })

  test('a pod that becomes ready costs one write of Endpoints and one of status', async () => {
    const before = await reconcileSks(sks, settledWorld(sks, { activators }))
    const { subsets = [] } = before.client.peek(endpoints, 'default', 'hello-00001') ?? {}
    const after = await reconcileSks(before.sks, settledWorld(sks, { pods, activators, current: subsets }))
    expect(after.wrote).toEqual([
      'update endpoints hello-00001',
      'update-status serverlessservices hello-00001',
    ])
    expect(after.behind).toEqual(pod)
  })

  test('a lost race for the Endpoints is retried in silence', async () => {
    const result = await reconcileSks(
      sks,
      settledWorld(sks, { pods, activators, current: [] }),
      ({ verb, resource }) => {
        if (verb === 'update' && resource === 'endpoints') throw new ApiError('Conflict', 'stale')
      },
    )
    expect(result.outcome.kind).toBe('retry')
    expect(result.events).toEqual([])
  })

  test('one being deleted is left to its owner', async () => {
    const going = withChange(sks, (copy: ServerlessService) => {
      copy.metadata.deletionTimestamp = '2026-01-01T00:00:00Z'
    })
    expect((await reconcileSks(going, [])).wrote).toEqual([])
  })
})
