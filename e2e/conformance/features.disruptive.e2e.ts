import { describe, expect, test } from '@jest/globals'
import { endpointSlices, type V1Container } from '@knative-ts/apis'
import { eventually } from '../harness/eventually.ts'
import { connectSuite } from '../harness/suite.ts'
import { withConfig } from '../harness/with-config.ts'
import { runtimeReport } from './runtime.ts'

const { workspace, client, needs, capabilities } = await connectSuite()

const withFeature = (key: string, value: string, body: () => Promise<void>) =>
  withConfig(client, 'config-features', { [key]: value }, body)

describe('kubernetes.podspec-init-containers', () => {
  const shape = () => ({
    image: 'runtime',
    env: { FOLDER: '/data' },
    container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    spec: {
      volumes: [{ name: 'data', emptyDir: {} }],
      initContainers: [
        {
          name: 'setup',
          image: workspace.image('runtime'),
          command: ['node', '-e', 'fs.writeFileSync(process.argv[1], "made before")', '/data/made'],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        } as V1Container,
      ],
    },
  })

  test('enabled: they run first, and are in the status', async () => {
    await withFeature('kubernetes.podspec-init-containers', 'enabled', async () => {
      const { metadata } = await eventually('admission with the feature', () => workspace.create(shape()))
      const service = await workspace.update(metadata.name ?? '', () => {})
      const folder = runtimeReport(await workspace.get(service)).container.env['FOLDER']
      expect((await workspace.get(service, `/?file=${folder}/made`)).body).toBe('made before')
      const { status } = await workspace.revision(service.status?.latestReadyRevisionName ?? '')
      expect(status?.initContainerStatuses?.map(({ name }) => name)).toEqual(['setup'])
      if (capabilities.registry) {
        expect(status?.initContainerStatuses?.[0]?.imageDigest).toMatch(/@sha256:[\da-f]{64}$/)
      }
    })
  })

  test('disabled: they are refused', async () => {
    await eventually('the refusal', () =>
      workspace.create(shape()).then(
        () => false as const,
        ({ message }: Error) => /must not set the field\(s\): .*initContainers/.test(message),
      ),
    )
  })
})

describe('secure-pod-defaults', () => {
  test('fills in what keeps containers small, and leaves what its author chose', async () => {
    await withFeature('secure-pod-defaults', 'enabled', async () => {
      const secured = await eventually('the defaults', async () => {
        const { spec } = await workspace.create({ image: 'runtime' })
        const [container] = spec.template.spec.containers
        return container?.securityContext
      })
      expect(secured).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      const chosen = {
        allowPrivilegeEscalation: true,
        capabilities: { drop: [] },
        runAsNonRoot: false,
        seccompProfile: { type: 'Unconfined' },
      }
      const { spec } = await workspace.create({ image: 'runtime', container: { securityContext: chosen } })
      expect(spec.template.spec.containers[0]?.securityContext).toMatchObject({
        allowPrivilegeEscalation: true,
        runAsNonRoot: false,
        seccompProfile: { type: 'Unconfined' },
      })
    })
  })
})

describe('multi-container-probing', () => {
  needs('ownPorts')('a pod is ready while all its containers are', async () => {
    await withFeature('multi-container-probing', 'enabled', async () => {
      const sidecarPort = 8882
      const serving = {
        name: 'serving',
        image: workspace.image('proxy'),
        ports: [{ containerPort: 8881 }],
        env: [{ name: 'FORWARD_PORT', value: String(sidecarPort) }],
        readinessProbe: { tcpSocket: {} as never, periodSeconds: 1, failureThreshold: 1 },
      } as V1Container
      const sidecar = {
        name: 'sidecar',
        image: workspace.image('readiness'),
        env: [
          { name: 'PORT', value: String(sidecarPort) },
          { name: 'READY_DELAY_MS', value: '3000' },
        ],
        readinessProbe: { httpGet: { path: '/healthz/ready', port: sidecarPort }, periodSeconds: 1 },
      } as V1Container
      const created = await eventually('admission with the feature', () =>
        workspace.create({
          image: 'proxy',
          annotations: { 'autoscaling.knative.dev/min-scale': '1' },
          spec: { containers: [serving, sidecar] },
        }),
      )
      const service = await workspace.update(created.metadata.name ?? '', () => {})
      const revision = service.status?.latestReadyRevisionName ?? ''
      expect((await workspace.get(service, '/healthz/ready')).status).toBe(200)
      await workspace.get(service, '/fail/ready')
      await eventually('no address of the revision left', async () => {
        const labelSelector = `kubernetes.io/service-name=${revision}-private`
        const { items } = await client.list(endpointSlices, { namespace: workspace.namespace, labelSelector })
        return items
          .flatMap((slice) => slice.endpoints ?? [])
          .every(({ conditions }) => conditions?.ready === false)
      })
    })
  })
})
