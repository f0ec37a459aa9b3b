import { describe, expect, test } from '@jest/globals'
import { type Manifest, objectsIn } from './helm.ts'
import { filesMatching } from './workspace.ts'

const files = filesMatching('deploy/*.yaml')
const byFile = new Map(files.map(({ path, text }) => [path.replace('deploy/', ''), objectsIn(text)]))
const all = [...byFile.values()].flat()

interface PodSpec {
  readonly serviceAccountName?: string
  readonly terminationGracePeriodSeconds?: number
  readonly restartPolicy?: string
  readonly containers: readonly Container[]
}

interface Container {
  readonly name: string
  readonly args?: readonly string[]
  readonly resources: Record<'requests' | 'limits', { cpu: string; memory: string }>
  readonly ports?: readonly { name: string; containerPort: number }[]
  readonly env?: readonly { name: string; value?: string }[]
  readonly readinessProbe?: unknown
  readonly livenessProbe?: unknown
  readonly securityContext: Record<string, unknown>
}

interface Workload extends Manifest {
  readonly spec: {
    readonly replicas?: number
    readonly backoffLimit?: number
    readonly ttlSecondsAfterFinished?: number
    readonly selector?: { readonly matchLabels: Record<string, string> }
    readonly template: { readonly metadata: Manifest['metadata']; readonly spec: PodSpec }
  }
}

const nameOf = ({ kind, metadata: { name, generateName } }: Manifest) => `${kind} ${name ?? generateName}`
const where = (file: string, kind: string, name: string) =>
  (byFile.get(file) ?? []).find((object) => nameOf(object) === `${kind} ${name}`)
const deployment = (file: string, name: string) => where(file, 'Deployment', name) as Workload
const containerOf = ({ spec }: Workload) => spec.template.spec.containers[0] as Container

describe('labels', () => {
  test('every object bears the name and the version', () => {
    const without = all.filter(
      ({ metadata: { labels = {} } }) =>
        labels['app.kubernetes.io/name'] !== 'knative-serving' || !labels['app.kubernetes.io/version'],
    )
    expect(without.map(nameOf)).toEqual([])
  })

  test('every object but the system namespace and the definitions bears its component', () => {
    const without = all.filter(({ metadata: { labels = {} } }) => !labels['app.kubernetes.io/component'])
    expect([
      ...new Set(without.filter(({ kind }) => kind !== 'CustomResourceDefinition').map(nameOf)),
    ]).toEqual(['Namespace knative-serving'])
  })

  test.each([
    ['ConfigMap', 'config-autoscaler', 'autoscaler'],
    ['ConfigMap', 'config-defaults', 'controller'],
    ['ConfigMap', 'config-deployment', 'controller'],
    ['ConfigMap', 'config-domain', 'controller'],
    ['ConfigMap', 'config-features', 'controller'],
    ['ConfigMap', 'config-gc', 'controller'],
    ['ConfigMap', 'config-leader-election', 'controller'],
    ['ConfigMap', 'config-certmanager', 'controller'],
    ['ConfigMap', 'config-logging', 'logging'],
    ['ConfigMap', 'config-network', 'networking'],
    ['ConfigMap', 'config-observability', 'observability'],
    ['ConfigMap', 'config-tracing', 'tracing'],
  ])('%s %s is of component %s, by which it is validated', (kind, name, component) => {
    expect(where('serving-core.yaml', kind, name)?.metadata.labels).toMatchObject({
      'app.kubernetes.io/component': component,
    })
  })

  test('versions stay text', () => {
    for (const { path, text } of files) {
      expect([path, text.match(/^ +app\.kubernetes\.io\/version: [^"]*$/m)?.[0]]).toEqual([path, undefined])
    }
  })
})

describe('release files', () => {
  test('are split as upstream splits them', () => {
    expect([...byFile.keys()]).toEqual([
      'knative-ts.yaml',
      'kourier.yaml',
      'serving-core.yaml',
      'serving-crds.yaml',
      'serving-default-domain.yaml',
      'serving-hpa.yaml',
      'serving-post-install-jobs.yaml',
      'serving-storage-version-migration.yaml',
    ])
  })

  test('the twelve definitions are in a file of their own and in the core', () => {
    const definitions = (byFile.get('serving-crds.yaml') ?? []).map(nameOf)
    expect(definitions).toHaveLength(12)
    expect((byFile.get('serving-core.yaml') ?? []).map(nameOf)).toEqual(expect.arrayContaining(definitions))
  })

  test.each([
    ['Secret', 'webhook-certs', {}],
    ['Image', 'queue-proxy', { spec: { image: 'ghcr.io/knative-ts/queue-proxy:0.1.0' } }],
    [
      'Certificate',
      'routing-serving-certs',
      {
        apiVersion: 'networking.internal.knative.dev/v1alpha1',
        metadata: {
          annotations: {
            'networking.knative.dev/certificate.class': 'cert-manager.certificate.networking.knative.dev',
          },
          labels: { 'networking.knative.dev/certificate-type': 'system-internal' },
        },
        spec: { dnsNames: ['kn-routing', 'data-plane.knative.dev'], secretName: 'routing-serving-certs' },
      },
    ],
  ])('the core holds the %s %s', (kind, name, facts) => {
    expect(where('serving-core.yaml', kind, name)).toMatchObject(facts)
  })

  test('the jobs of the post-install file are for "kubectl create", the migration first', () => {
    expect((byFile.get('serving-post-install-jobs.yaml') ?? []).map(nameOf)).toEqual([
      'Job storage-version-migration-serving-',
      'Job cleanup-serving-',
    ])
  })
})

describe('jobs', () => {
  const kinds = ['services', 'configurations', 'revisions', 'routes', 'domainmappings']
  test.each([
    [
      'serving-storage-version-migration.yaml',
      'storage-version-migration-serving-',
      ['storage-version-migration', ...kinds.map((kind) => `${kind}.serving.knative.dev`)],
      { restartPolicy: 'OnFailure', ttlSecondsAfterFinished: 600 },
    ],
    [
      'serving-post-install-jobs.yaml',
      'cleanup-serving-',
      ['cleanup'],
      { restartPolicy: 'OnFailure', ttlSecondsAfterFinished: 600 },
    ],
    [
      'serving-default-domain.yaml',
      'default-domain',
      ['default-domain', '-magic-dns=sslip.io'],
      { restartPolicy: 'Never', ttlSecondsAfterFinished: undefined },
    ],
  ])('%s: %s', (file, name, args, { restartPolicy, ttlSecondsAfterFinished }) => {
    const job = where(file, 'Job', name) as Workload
    const { spec } = job.spec.template
    expect([job.spec.backoffLimit, job.spec.ttlSecondsAfterFinished]).toEqual([10, ttlSecondsAfterFinished])
    expect([spec.serviceAccountName, spec.restartPolicy]).toEqual(['controller', restartPolicy])
    expect(containerOf(job)).toMatchObject({
      args,
      resources: { requests: { cpu: '100m', memory: '100Mi' }, limits: { cpu: '1000m', memory: '1000Mi' } },
    })
    expect(containerOf(job).env?.map(({ name }) => name)).toContain('SYSTEM_NAMESPACE')
  })

  test('the default-domain job is behind its Service', () => {
    expect(where('serving-default-domain.yaml', 'Service', 'default-domain-service')).toMatchObject({
      spec: { selector: { app: 'default-domain' }, ports: [{ port: 80, targetPort: 8080 }] },
    })
    const job = where('serving-default-domain.yaml', 'Job', 'default-domain') as Workload
    expect(job.spec.template.metadata.labels).toMatchObject({ app: 'default-domain' })
  })
})

const core = 'serving-core.yaml'
const kourier = 'kourier.yaml'

describe('workloads', () => {
  test.each([
    [
      core,
      'activator',
      'activator',
      '300m/60Mi',
      '1000m/600Mi',
      'metrics:9090 profiling:8008 http1:8012 h2c:8013',
    ],
    [
      core,
      'autoscaler',
      'controller',
      '100m/100Mi',
      '1000m/1000Mi',
      'metrics:9090 profiling:8008 websocket:8080 grpc-stats:8081',
    ],
    [
      core,
      'controller',
      'controller',
      '100m/100Mi',
      '1000m/1000Mi',
      'metrics:9090 profiling:8008 probes:8080',
    ],
    [
      core,
      'webhook',
      'controller',
      '100m/100Mi',
      '500m/500Mi',
      'metrics:9090 profiling:8008 https-webhook:8443',
    ],
    [
      'serving-hpa.yaml',
      'autoscaler-hpa',
      'controller',
      '30m/40Mi',
      '300m/400Mi',
      'metrics:9090 profiling:8008 probes:8080',
    ],
    [
      kourier,
      'net-kourier-controller',
      'net-kourier',
      '200m/200Mi',
      '1/500Mi',
      'http2-xds:18000 metrics:9090',
    ],
    [
      kourier,
      '3scale-kourier-gateway',
      undefined,
      '200m/200Mi',
      '1/800Mi',
      'http2-external:8080 http2-internal:8081 https-external:8443 http-probe:8090 https-probe:9443 metrics:9000',
    ],
  ])('%s: %s', (file, name, account, requests, limits, ports) => {
    const workload = deployment(file, name)
    const { resources, ports: declared = [] } = containerOf(workload)
    expect({
      account: workload.spec.template.spec.serviceAccountName,
      requests: `${resources.requests.cpu}/${resources.requests.memory}`,
      limits: `${resources.limits.cpu}/${resources.limits.memory}`,
      ports: declared.map((port) => `${port.name}:${port.containerPort}`).join(' '),
    }).toEqual({ account, requests, limits, ports })
    expect(workload.spec.selector?.matchLabels).toMatchObject({ app: name })
    expect(workload.spec.template.metadata.labels).toMatchObject(workload.spec.selector?.matchLabels ?? {})
  })

  test('the activator is probed where it serves, and has ten minutes to drain', () => {
    const activator = deployment(core, 'activator')
    expect(activator.spec.selector?.matchLabels).toEqual({ app: 'activator', role: 'activator' })
    expect(activator.spec.template.spec.terminationGracePeriodSeconds).toBe(600)
    const { readinessProbe, livenessProbe } = containerOf(activator)
    const httpGet = { port: 8012 }
    expect(readinessProbe).toEqual({ httpGet, periodSeconds: 5, failureThreshold: 5 })
    expect(livenessProbe).toEqual({
      httpGet,
      periodSeconds: 10,
      failureThreshold: 12,
      initialDelaySeconds: 15,
    })
  })

  test('the HPA autoscaler is labelled as one and has no name of its own in its environment', () => {
    const hpa = deployment('serving-hpa.yaml', 'autoscaler-hpa')
    const provider = { 'autoscaling.knative.dev/autoscaler-provider': 'hpa' }
    expect(hpa.metadata.labels).toMatchObject(provider)
    expect(where('serving-hpa.yaml', 'Service', 'autoscaler-hpa')?.metadata.labels).toMatchObject(provider)
    expect(containerOf(hpa).env?.map(({ name }) => name)).toEqual([
      'SYSTEM_NAMESPACE',
      'CONFIG_LOGGING_NAME',
      'CONFIG_OBSERVABILITY_NAME',
    ])
    expect(containerOf(hpa)).toMatchObject({
      readinessProbe: { httpGet: { path: '/readiness' }, periodSeconds: 5, failureThreshold: 5 },
      livenessProbe: { httpGet: { path: '/health' }, periodSeconds: 5, failureThreshold: 5 },
    })
  })

  test('every pod is allowed by the Pod Security level "restricted"', () => {
    const workloads = all.filter(({ kind }) => kind === 'Deployment' || kind === 'Job') as Workload[]
    expect(workloads.length).toBeGreaterThan(10)
    for (const workload of workloads) {
      expect([nameOf(workload), containerOf(workload).securityContext]).toEqual([
        nameOf(workload),
        expect.objectContaining({
          allowPrivilegeEscalation: false,
          runAsNonRoot: true,
          readOnlyRootFilesystem: workload.metadata.name !== '3scale-kourier-gateway',
          capabilities: { drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
        }),
      ])
    }
  })

  test.each([
    [
      core,
      'activator-service',
      'http-metrics:9090 http-profiling:8008 http:80→8012 http2:81→8013 https:443→8112',
    ],
    [core, 'autoscaler', 'http-metrics:9090 http-profiling:8008 http:8080 grpc-stats:8081'],
    [core, 'controller', 'http-metrics:9090 http-profiling:8008'],
    [core, 'webhook', 'http-metrics:9090 http-profiling:8008 https-webhook:443→8443'],
    ['serving-hpa.yaml', 'autoscaler-hpa', 'http-metrics:9090 http-profiling:8008'],
    [kourier, 'net-kourier-controller', 'grpc-xds:18000 http-metrics:9090'],
    [kourier, 'kourier', 'http2:80→8080 https:443→8443'],
    [kourier, 'kourier-internal', 'http2:80→8081 https:443→8444'],
  ])('%s: Service %s', (file, name, ports) => {
    const { spec } = where(file, 'Service', name) as Manifest & {
      spec: { ports: { name: string; port: number; targetPort?: number }[] }
    }
    const shown = spec.ports.map(
      ({ name, port, targetPort = port }) => `${name}:${port}${targetPort === port ? '' : `→${targetPort}`}`,
    )
    expect(shown.join(' ')).toBe(ports)
  })

  test.each([
    [core, 'activator', 20],
    [core, 'webhook', 5],
    [kourier, '3scale-kourier-gateway', 10],
  ])('%s: %s scales by CPU and keeps 80 %% in disruptions', (file, name, maxReplicas) => {
    expect(deployment(file, name).spec.replicas).toBeUndefined()
    expect(where(file, 'HorizontalPodAutoscaler', name)).toMatchObject({
      spec: {
        scaleTargetRef: { kind: 'Deployment', name },
        minReplicas: 1,
        maxReplicas,
        metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 100 } } }],
      },
    })
    expect(where(file, 'PodDisruptionBudget', `${name}-pdb`)).toMatchObject({
      spec: { minAvailable: '80%', selector: { matchLabels: { app: name } } },
    })
  })
})
