import { describe, expect, test } from '@jest/globals'
import type { DefaultingContext } from '../admission-context.ts'
import { setPodAutoscalerDefaults } from '../autoscaling/pod-autoscaler-defaults.ts'
import type { PodAutoscaler } from '../autoscaling/types.ts'
import type { V1Container } from '../core/types.ts'
import { setIngressDefaults } from '../networking/ingress-defaults.ts'
import type { Ingress } from '../networking/types.ts'
import { testSettings } from '../testing/settings.ts'
import { setConfigurationDefaults } from './configuration-defaults.ts'
import { setDomainMappingDefaults } from './domain-mapping-defaults.ts'
import { setRevisionDefaults, setRevisionSpecDefaults } from './revision-defaults.ts'
import { setRouteDefaults } from './route-defaults.ts'
import { setServiceDefaults } from './service-defaults.ts'
import type { Configuration, DomainMapping, Revision, RevisionSpec, Route, Service } from './types.ts'

const creating = (changes?: Parameters<typeof testSettings>[0]): DefaultingContext => ({
  ...testSettings(changes),
  operation: 'create',
})
const container = (rest: Partial<V1Container> = {}) => ({ image: 'i', ...rest }) as V1Container

function defaulted(spec: Partial<RevisionSpec>, context = creating()): RevisionSpec {
  const copy = structuredClone({ containers: [container()], ...spec }) as RevisionSpec
  setRevisionSpecDefaults(copy, context, {})
  return copy
}

test('a bare revision spec', () => {
  expect(defaulted({})).toEqual({
    timeoutSeconds: 300,
    containerConcurrency: 0,
    enableServiceLinks: false,
    containers: [
      { image: 'i', name: 'user-container', readinessProbe: { successThreshold: 1, tcpSocket: { port: 0 } } },
    ],
  })
})

describe('timeouts and concurrency', () => {
  test.each([
    [{ timeoutSeconds: 0 }, {}, { timeoutSeconds: 300 }],
    [{ timeoutSeconds: 600 }, {}, { timeoutSeconds: 600, responseStartTimeoutSeconds: 300 }],
    [{}, { revisionIdleTimeoutSeconds: 300 }, { idleTimeoutSeconds: undefined }],
    [{}, { revisionIdleTimeoutSeconds: 20 }, { idleTimeoutSeconds: 20 }],
    [{ idleTimeoutSeconds: 0 }, { revisionIdleTimeoutSeconds: 20 }, { idleTimeoutSeconds: 0 }],
    [{}, { revisionResponseStartTimeoutSeconds: 10 }, { responseStartTimeoutSeconds: 10 }],
    [{ containerConcurrency: 0 }, { containerConcurrency: 5 }, { containerConcurrency: 0 }],
    [{}, { containerConcurrency: 5 }, { containerConcurrency: 5 }],
  ])('%j with %j', (spec: Partial<RevisionSpec>, defaults, expected) => {
    const result = defaulted(spec, creating({ defaults }))
    const fields = Object.keys(expected) as (keyof RevisionSpec)[]
    expect(Object.fromEntries(fields.map((field) => [field, result[field]]))).toEqual(expected)
  })
})

describe('container names', () => {
  const names = (spec: Partial<RevisionSpec>) => {
    const { containers, initContainers } = defaulted(spec)
    return [containers.map(({ name }) => name), initContainers?.map(({ name }) => name) ?? []]
  }
  const named = (name: string) => container({ name })
  test.each([
    [[container()], [], ['user-container'], []],
    [[container(), container()], [], ['user-container-0', 'user-container-1'], []],
    [[named('a'), container()], [], ['a', 'user-container-0'], []],
    [[named('user-container-0'), container()], [], ['user-container-0', 'user-container-1'], []],
    [[container()], [named('user-container')], ['user-container-0'], ['user-container']],
    [[container()], [container()], ['user-container'], ['init-container']],
    [[container()], [container(), container()], ['user-container'], ['init-container-0', 'init-container-1']],
  ])('%j and %j', (containers, initContainers, expected, expectedInit) => {
    expect(names({ containers, initContainers })).toEqual([expected, expectedInit])
  })
})

test('resources are filled in one by one, not for init containers', () => {
  const defaults = { revisionRequests: { cpu: '400m', memory: '100M' }, revisionLimits: { cpu: '1' } }
  const { containers, initContainers } = defaulted(
    { containers: [container({ resources: { requests: { cpu: '1' } } })], initContainers: [container()] },
    creating({ defaults }),
  )
  expect(containers[0]?.resources).toEqual({ requests: { cpu: '1', memory: '100M' }, limits: { cpu: '1' } })
  expect(initContainers?.[0]?.resources).toBeUndefined()
})

describe('probes', () => {
  test.each([
    [
      { periodSeconds: 1 },
      {
        periodSeconds: 1,
        successThreshold: 1,
        failureThreshold: 3,
        timeoutSeconds: 1,
        tcpSocket: { port: 0 },
      },
    ],
    [
      { httpGet: { port: 8080 }, successThreshold: 2 },
      { httpGet: { port: 8080 }, successThreshold: 2 },
    ],
    [{ grpc: { port: 1 } }, { grpc: { port: 1, service: '' }, successThreshold: 1 }],
  ])('%j', (readinessProbe, expected) => {
    expect(defaulted({ containers: [container({ readinessProbe })] }).containers[0]?.readinessProbe).toEqual(
      expected,
    )
  })

  test('a sidecar gets none, but what it has is completed', () => {
    const { containers } = defaulted({
      containers: [
        container({ ports: [{ containerPort: 80 }] }),
        container(),
        container({ readinessProbe: { exec: {} }, livenessProbe: { grpc: { port: 1 } } }),
      ],
    })
    expect(containers.map(({ readinessProbe }) => readinessProbe)).toEqual([
      { successThreshold: 1, tcpSocket: { port: 0 } },
      undefined,
      { exec: {}, successThreshold: 1 },
    ])
    expect(containers[2]?.livenessProbe).toEqual({ grpc: { port: 1, service: '' } })
  })
})

describe('enableServiceLinks', () => {
  test.each([
    ['create', undefined, false, false],
    ['create', true, false, true],
    ['create', undefined, undefined, undefined],
    ['update', undefined, false, undefined],
    [undefined, undefined, false, undefined],
  ] as const)('on %s, %s with default %s is %s', (operation, given, enableServiceLinks, expected) => {
    const context = {
      ...testSettings({ defaults: { enableServiceLinks } }),
      ...(operation ? { operation } : {}),
    }
    const spec = given === undefined ? {} : { enableServiceLinks: given }
    expect(defaulted(spec, context).enableServiceLinks).toBe(expected)
  })
})

test('mounts are read-only unless the volume can be written', () => {
  const volumes = [
    { name: 'empty', emptyDir: {} },
    { name: 'claim', persistentVolumeClaim: { claimName: 'c' } },
    { name: 'ephemeral', ephemeral: {} },
    { name: 'secret', secret: { secretName: 's' } },
  ]
  const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }))
  const { containers, initContainers } = defaulted({
    volumes,
    containers: [container({ volumeMounts })],
    initContainers: [container({ volumeMounts: structuredClone(volumeMounts) })],
  })
  expect(containers[0]?.volumeMounts?.map(({ readOnly }) => readOnly)).toEqual([
    undefined,
    undefined,
    undefined,
    true,
  ])
  expect(initContainers?.[0]?.volumeMounts?.[3]?.readOnly).toBeUndefined()
})

describe('secure-pod-defaults', () => {
  const secured = {
    allowPrivilegeEscalation: false,
    seccompProfile: { type: 'RuntimeDefault' },
    capabilities: { drop: ['ALL'] },
  }
  test.each([
    ['Disabled', {}, {}, undefined],
    ['AllowRootBounded', {}, {}, secured],
    ['Enabled', {}, {}, { ...secured, runAsNonRoot: true }],
    [
      'Enabled',
      {},
      { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Unconfined' } } },
      { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    ],
    [
      'Enabled',
      {
        securityContext: {
          allowPrivilegeEscalation: true,
          runAsNonRoot: false,
          capabilities: {},
          seccompProfile: { type: 'Unconfined' },
        },
      },
      {},
      {
        allowPrivilegeEscalation: true,
        runAsNonRoot: false,
        capabilities: {},
        seccompProfile: { type: 'Unconfined' },
      },
    ],
    [
      'Enabled',
      { ports: [{ containerPort: 80 }] },
      {},
      { ...secured, runAsNonRoot: true, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
    ],
    [
      'AllowRootBounded',
      { ports: [{ name: 'h2c' }] },
      {},
      { ...secured, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
    ],
    ['AllowRootBounded', { ports: [{ containerPort: 1024 }] }, {}, secured],
  ] as const)('%s, container %j, pod %j', (securePodDefaults, given, pod, expected) => {
    const spec = {
      ...structuredClone(pod),
      containers: [container(structuredClone(given) as Partial<V1Container>)],
    }
    const { containers } = defaulted(spec as Partial<RevisionSpec>, creating({ securePodDefaults }))
    expect(containers[0]?.securityContext).toEqual(expected)
  })
})

const service = (spec: Partial<Service['spec']> = {}, metadata = {}): Service =>
  structuredClone({
    metadata: { name: 's', namespace: 'ns', ...metadata },
    spec: { template: { spec: { containers: [container()] } }, ...spec },
  })

describe('traffic', () => {
  test.each([
    [undefined, [{ percent: 100, latestRevision: true }]],
    [[], [{ percent: 100, latestRevision: true }]],
    [
      [{ revisionName: 'a', percent: 100 }, { tag: 't' }],
      [
        { revisionName: 'a', percent: 100, latestRevision: false },
        { tag: 't', percent: 0, latestRevision: true },
      ],
    ],
    [[{ latestRevision: false, percent: 0 }], [{ latestRevision: false, percent: 0 }]],
  ])('of a Service: %j', (traffic, expected) => {
    const object = service(traffic ? { traffic } : {})
    setServiceDefaults(object, creating())
    expect(object.spec.traffic).toEqual(expected)
  })

  test('of a Route stays empty', () => {
    const route: Route = { metadata: { name: 'r' }, spec: {} }
    setRouteDefaults(route, creating())
    expect(route.spec).toEqual({})
  })
})

test('a template whose own name is unchanged gets no defaults, its Service still gets traffic', () => {
  const named = { template: { metadata: { name: 's-one' }, spec: { containers: [container()] } } }
  const updating: DefaultingContext = { ...testSettings(), operation: 'update' }
  const kept = service(named)
  setServiceDefaults(kept, updating, service(named))
  expect(kept.spec).toEqual({ ...named, traffic: [{ percent: 100, latestRevision: true }] })
  const renamed = service({ template: { ...named.template, metadata: { name: 's-two' } } })
  setServiceDefaults(renamed, updating, service(named))
  expect(renamed.spec.template.spec.timeoutSeconds).toBe(300)
})

test('a Revision gets defaults on create and in memory, not on update', () => {
  const timeout = (operation: 'create' | 'update' | undefined) => {
    const revision: Revision = { metadata: { name: 'r' }, spec: { containers: [container()] } }
    setRevisionDefaults(revision, { ...testSettings(), ...(operation ? { operation } : {}) })
    return revision.spec.timeoutSeconds
  }
  expect([timeout('create'), timeout(undefined), timeout('update')]).toEqual([300, 300, undefined])
})

describe('creator and last modifier', () => {
  const creator = 'serving.knative.dev/creator'
  const modifier = 'serving.knative.dev/lastModifier'
  const jane = { ...creating(), username: 'jane' }
  const update: DefaultingContext = { ...testSettings(), operation: 'update', username: 'jane' }

  test('a client can not choose them', () => {
    const object = service({}, { annotations: { [creator]: 'eve', other: 'kept' } })
    setServiceDefaults(object, jane)
    expect(object.metadata.annotations).toEqual({ [creator]: 'jane', [modifier]: 'jane', other: 'kept' })
  })

  test.each([
    ['a changed spec', 'j', 'jane'],
    ['an unchanged spec', 'i', 'bob'],
  ])('after an update with %s', (_, image, expected) => {
    const stored = service({}, { annotations: { [creator]: 'bob', [modifier]: 'bob' } })
    setServiceDefaults(stored, testSettings())
    const object = service({ template: { spec: { containers: [container({ image })] } } }, stored.metadata)
    setServiceDefaults(object, update, stored)
    expect(object.metadata.annotations).toEqual({ [creator]: 'bob', [modifier]: expected })
  })

  test('a Configuration or Route with an owner has none', () => {
    const metadata = { name: 'c', ownerReferences: [] }
    const configuration: Configuration = { metadata: { ...metadata }, spec: service().spec }
    setConfigurationDefaults(configuration, jane)
    const route: Route = { metadata: { ...metadata }, spec: {} }
    setRouteDefaults(route, jane)
    expect([configuration.metadata.annotations, route.metadata.annotations]).toEqual([undefined, undefined])
  })

  test('in memory nothing is set', () => {
    const object = service()
    setServiceDefaults(object, testSettings())
    expect(object.metadata.annotations).toBeUndefined()
  })
})

test('a DomainMapping refers to its own namespace', () => {
  const mapping: DomainMapping = {
    metadata: { name: 'a.com', namespace: 'ns' },
    spec: { ref: { name: 's' } },
  }
  setDomainMappingDefaults(mapping, creating())
  expect(mapping.spec.ref).toEqual({ name: 's', namespace: 'ns' })
})

test.each([
  [{}, { class: 'kpa.autoscaling.knative.dev', metric: 'concurrency' }],
  [{ class: 'hpa.autoscaling.knative.dev' }, { class: 'hpa.autoscaling.knative.dev', metric: 'cpu' }],
  [{ class: 'other' }, { class: 'other', metric: '' }],
  [{ metric: 'rps' }, { class: 'kpa.autoscaling.knative.dev', metric: 'rps' }],
])('a PodAutoscaler with %j', (given, expected) => {
  const keyed = (annotations: object) =>
    Object.fromEntries(
      Object.entries(annotations).map(([name, value]) => [`autoscaling.knative.dev/${name}`, value]),
    )
  const object = { metadata: { name: 'pa', annotations: keyed(given) } } as PodAutoscaler
  setPodAutoscalerDefaults(object, testSettings())
  expect(object.metadata.annotations).toEqual(keyed(expected))
})

test('an Ingress is external, and its sole split takes all', () => {
  const split = { serviceNamespace: 'ns', serviceName: 's', servicePort: 80 }
  const ingress: Ingress = {
    metadata: { name: 'i' },
    spec: {
      rules: [
        {
          http: {
            paths: [{ splits: [{ ...split }] }, { splits: [{ ...split }, { ...split, percent: 100 }] }],
          },
        },
        { visibility: 'ClusterLocal' },
      ],
    },
  }
  setIngressDefaults(ingress)
  expect(ingress.spec.rules).toEqual([
    {
      visibility: 'ExternalIP',
      http: {
        paths: [{ splits: [{ ...split, percent: 100 }] }, { splits: [split, { ...split, percent: 100 }] }],
      },
    },
    { visibility: 'ClusterLocal' },
  ])
})
