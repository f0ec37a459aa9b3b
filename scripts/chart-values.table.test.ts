import { describe, expect, test } from '@jest/globals'
import { findHelm, lintChart, type Manifest, renderChart } from './helm.ts'

interface PodSpec {
  readonly affinity?: unknown
  readonly nodeSelector?: unknown
  readonly tolerations?: unknown
  readonly imagePullSecrets?: unknown
  readonly containers: readonly {
    readonly image: string
    readonly imagePullPolicy?: string
    readonly resources: unknown
  }[]
}

const podOf = (object: Manifest): PodSpec | undefined => {
  if (object.kind === 'Pod') return object['spec'] as PodSpec
  const { template } = (object['spec'] ?? {}) as { template?: { spec: PodSpec } }
  return template?.spec
}

/** Where a component's values are, and what it makes. */
const components = [
  ['activator', 'activator'],
  ['autoscaler', 'autoscaler'],
  ['autoscalerHpa', 'autoscaler-hpa'],
  ['controller', 'controller'],
  ['webhook', 'webhook'],
  ['kourier.controller', 'net-kourier-controller'],
  ['kourier.gateway', '3scale-kourier-gateway'],
] as const

/** `at('a.b', 1)` is `{ a: { b: 1 } }`. */
function at(path: string, value: unknown): Record<string, unknown> {
  return path.split('.').reduceRight((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>
}

/** What each wrong value is refused with: the path as helm writes it. */
const refused: [values: unknown, path: string][] = [
  [{ image: { pullPolicy: 'Sometimes' } }, '/image/pullPolicy'],
  [{ image: { pullSecrets: ['name'] } }, '/image/pullSecrets/0'],
  [{ image: { repository: 'x' } }, '/image'],
  [{ domain: 'Example.COM' }, '/domain'],
  [{ domain: '*.example.com' }, '/domain'],
  [{ ingressClass: '' }, '/ingressClass'],
  [{ highAvailability: 'yes' }, '/highAvailability'],
  [{ gatewayNamespace: 'a.b' }, '/gatewayNamespace'],
  [{ config: { autoscaler: { 'stable-window': ['60s'] } } }, '/config/autoscaler/stable-window'],
  [{ config: { autoscaler: { 'stable window': '60s' } } }, '/config/autoscaler'],
  [{ config: { other: {} } }, '/config'],
  [{ activator: { replicas: 0 } }, '/activator/replicas'],
  [{ activator: { workers: 0 } }, '/activator/workers'],
  [{ activator: { resources: { limits: { cpu: 'much' } } } }, '/activator/resources/limits/cpu'],
  [{ webhook: { tolerations: [{ effect: 'Never' }] } }, '/webhook/tolerations/0/effect'],
  [{ controller: { nodeSelector: { disk: 1 } } }, '/controller/nodeSelector/disk'],
  [{ autoscalerHpa: { enabled: 'on' } }, '/autoscalerHpa/enabled'],
  [{ autoscalerHpa: { replica: 2 } }, '/autoscalerHpa'],
  [{ jobs: { cleanup: true } }, '/jobs/cleanup'],
  [{ jobs: { defaultDomain: { magicDNS: 'sslip' } } }, '/jobs/defaultDomain/magicDNS'],
  [{ kourier: { gateway: { service: { type: 'ExternalName' } } } }, '/kourier/gateway/service/type'],
  [{ kourier: { gateway: { service: { ports: { http: 70_000 } } } } }, '/kourier/gateway/service/ports/http'],
  [{ kourier: { gateway: { podDisruptionBudget: { minAvailable: '120%' } } } }, '/minAvailable'],
  [{ networkPolicies: { metricsFrom: { matchLabel: {} } } }, '/networkPolicies/metricsFrom'],
  [{ serviceMonitors: { interval: 'often' } }, '/serviceMonitors/interval'],
  [{ colour: 'red' }, 'colour'],
]

function checkChart(helm: string): void {
  const render = (values: unknown): readonly Manifest[] => {
    const { objects, error } = renderChart(helm, values)
    expect(error).toBe('')
    return objects
  }
  const find = (objects: readonly Manifest[], kind: string, name: string): Manifest | undefined =>
    objects.find((object) => object.kind === kind && object.metadata.name === name)
  const names = (objects: readonly Manifest[], kind: string) =>
    objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name)
  const everything = { autoscalerHpa: { enabled: true }, jobs: { defaultDomain: { enabled: true } } }

  test('helm finds nothing to complain about', () => {
    expect(lintChart(helm)).toBe('')
  })

  test.each(refused)('%j is refused, naming %s', (values, path) => {
    expect(renderChart(helm, values).error).toContain(path)
  })

  test('registry, tag, policy and secrets of images reach every pod', () => {
    const image = { registry: 'r.test/x', tag: 'v9', pullPolicy: 'Always', pullSecrets: [{ name: 's' }] }
    const objects = render({ ...everything, image })
    const pods = objects.flatMap((object) => podOf(object) ?? [])
    expect(pods.length).toBeGreaterThan(10)
    for (const { imagePullSecrets, containers } of pods) {
      expect(imagePullSecrets).toEqual([{ name: 's' }])
      for (const container of containers) {
        if (container.image.includes('envoy')) continue
        expect(container).toMatchObject({
          image: expect.stringMatching(/^r\.test\/x\/[-a-z]+:v9$/),
          imagePullPolicy: 'Always',
        })
      }
    }
    expect(find(objects, 'ConfigMap', 'config-deployment')).toMatchObject({
      data: { 'queue-sidecar-image': 'r.test/x/queue-proxy:v9' },
    })
    expect(find(objects, 'Image', 'queue-proxy')).toMatchObject({
      spec: { image: 'r.test/x/queue-proxy:v9' },
    })
  })

  test.each(components)('%s: resources and places of pods', (path, name) => {
    const settings = {
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
      nodeSelector: { disk: 'fast' },
      tolerations: [{ key: 'k', operator: 'Exists' }],
      resources: { requests: { cpu: '7m', memory: '7Mi' }, limits: { cpu: '9m', memory: '9Mi' } },
    }
    const values =
      path === 'autoscalerHpa' ? { autoscalerHpa: { enabled: true, ...settings } } : at(path, settings)
    const deployment = find(render(values), 'Deployment', name)
    const { resources, ...places } = settings
    expect(deployment && podOf(deployment)).toMatchObject({ ...places, containers: [{ resources }] })
  })

  test.each(components)('%s: a number of replicas', (path, name) => {
    const settings = { replicas: 3, autoscaling: { enabled: false } }
    const scalable = ['activator', 'webhook', 'kourier.gateway'].includes(path)
    const own = scalable ? settings : { replicas: 3 }
    const values = path === 'autoscalerHpa' ? { autoscalerHpa: { enabled: true, ...own } } : at(path, own)
    const objects = render(values)
    expect(find(objects, 'Deployment', name)).toMatchObject({ spec: { replicas: 3 } })
    expect(find(objects, 'HorizontalPodAutoscaler', name)).toBeUndefined()
  })

  test('workers of an activator, one unless said otherwise', () => {
    const environment = (values: Record<string, unknown>) =>
      JSON.stringify(podOf(find(render(values), 'Deployment', 'activator')!))
    expect(environment({ activator: { workers: 3 } })).toContain('{"name":"ACTIVATOR_WORKERS","value":"3"}')
    expect(environment({})).not.toContain('ACTIVATOR_WORKERS')
  })

  test('one switch makes everything highly available', () => {
    const objects = render({ ...everything, highAvailability: true })
    for (const [, name] of components) {
      const scaler = find(objects, 'HorizontalPodAutoscaler', name)
      if (scaler) expect(scaler).toMatchObject({ spec: { minReplicas: 2 } })
      else expect(find(objects, 'Deployment', name)).toMatchObject({ spec: { replicas: 2 } })
    }
  })

  test.each([
    'autoscaler',
    'certmanager',
    'defaults',
    'deployment',
    'domain',
    'features',
    'gc',
    'leader-election',
    'logging',
    'network',
    'observability',
    'tracing',
    'kourier',
  ])('any key of config-%s can be set, as text, number or boolean', (name) => {
    const keys = { a: 'text', b: 1_000_000, c: true, d: 0.5, _example: 'not this' }
    const map = find(render({ config: { [name]: keys } }), 'ConfigMap', `config-${name}`)
    expect(map).toMatchObject({
      data: {
        a: 'text',
        b: '1000000',
        c: 'true',
        d: '0.5',
        _example: expect.stringContaining('Documentation'),
      },
    })
  })

  test('a domain and an ingress class reach their ConfigMaps', () => {
    const objects = render({ domain: 'example.org', ingressClass: 'some.class' })
    expect(find(objects, 'ConfigMap', 'config-domain')).toMatchObject({ data: { 'example.org': '' } })
    expect(find(objects, 'ConfigMap', 'config-network')).toMatchObject({
      data: { 'ingress-class': 'some.class' },
    })
  })

  test('without Kourier nothing of it is left', () => {
    const objects = render({
      kourier: { enabled: false },
      networkPolicies: { enabled: true },
      serviceMonitors: { enabled: true },
    })
    const named = objects.filter(({ metadata }) => /kourier/.test(`${metadata.name} ${metadata.namespace}`))
    expect(named.map(({ metadata }) => metadata.name)).toEqual([])
  })

  test('type, ports and addresses of the gateway', () => {
    const service = {
      type: 'NodePort',
      ports: { http: 8080, https: 8443 },
      nodePorts: { http: 30080, https: 30443 },
      annotations: { a: 'b' },
      externalTrafficPolicy: 'Local',
    }
    expect(find(render(at('kourier.gateway.service', service)), 'Service', 'kourier')).toMatchObject({
      metadata: { annotations: { a: 'b' } },
      spec: {
        type: 'NodePort',
        externalTrafficPolicy: 'Local',
        ports: [
          { name: 'http2', port: 8080, targetPort: 8080, nodePort: 30080 },
          { name: 'https', port: 8443, targetPort: 8443, nodePort: 30443 },
        ],
      },
    })
  })

  test('network policies and monitors for each component that runs', () => {
    const objects = render({
      autoscalerHpa: { enabled: true },
      networkPolicies: { enabled: true },
      serviceMonitors: { enabled: true, labels: { team: 'x' } },
    })
    const running = components.map(([, name]) => name).sort()
    expect(names(objects, 'NetworkPolicy').sort()).toEqual(running)
    const monitors = [...names(objects, 'ServiceMonitor'), ...names(objects, 'PodMonitor')]
    expect(monitors.sort()).toEqual(running)
    expect(find(objects, 'ConfigMap', 'config-observability')).toMatchObject({
      data: { 'metrics-protocol': 'prometheus' },
    })
  })

  test('autoscaler-hpa, the jobs and namespaces come and go by their switches', () => {
    const jobs = ['cleanup-serving', 'knative-ts-await-admission', 'knative-ts-remove-leftovers']
    const plain = render({})
    expect(find(plain, 'Deployment', 'autoscaler-hpa')).toBeUndefined()
    expect(names(plain, 'Job').sort()).toEqual([...jobs, 'storage-version-migration-serving'])
    const all = render({ ...everything, createNamespaces: true })
    expect(find(all, 'Deployment', 'autoscaler-hpa')).toBeDefined()
    expect(names(all, 'Job')).toContain('default-domain-1')
    expect(names(all, 'Namespace').sort()).toEqual(['knative-serving', 'kourier-system'])
    const none = render({
      jobs: { storageVersionMigration: { enabled: false }, cleanup: { enabled: false } },
    })
    expect(names(none, 'Job').sort()).toEqual(jobs.slice(1))
  })

  test('jobs can be placed', () => {
    const settings = { nodeSelector: { a: 'b' }, tolerations: [{ operator: 'Exists' }] }
    const job = find(render({ jobs: settings }), 'Job', 'cleanup-serving')
    expect(job && podOf(job)).toMatchObject(settings)
  })
}

const helm = findHelm()
describe('values of the chart', () => {
  if (helm === undefined) {
    test('helm is not installed: the chart was not rendered', () => {
      expect(findHelm()).toBeUndefined()
    })
  } else {
    checkChart(helm)
  }
})
