import { describe, expect } from '@jest/globals'
import {
  horizontalPodAutoscalers,
  hpaClass,
  podAutoscalers,
  revisions,
  type Service,
  serverlessServices,
} from '@knative-ts/apis'
import { eventually } from '../harness/eventually.ts'
import { connectSuite } from '../harness/suite.ts'

const { client, gateway, workspace, needs } = await connectSuite()
const testHpa = needs('hpaClass')

const scale = (values: Record<string, string>) =>
  Object.fromEntries(
    Object.entries({ class: hpaClass, ...values }).map(([key, value]) => [
      `autoscaling.knative.dev/${key}`,
      value,
    ]),
  )
const revisionOf = (service: Service) => service.status?.latestReadyRevisionName ?? ''
const autoscalerOf = (revision: string) => client.get(horizontalPodAutoscalers, workspace.namespace, revision)

describe('a Service of class HPA', () => {
  testHpa('is Ready, answers, and has an autoscaler named as its revision', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      annotations: scale({ target: '70', 'min-scale': '2', 'max-scale': '5', window: '20s' }),
    })
    const revision = revisionOf(service)
    const { metadata, spec } = await autoscalerOf(revision)
    expect(metadata.ownerReferences).toMatchObject([
      { kind: 'PodAutoscaler', name: revision, controller: true },
    ])
    expect(metadata.labels).toMatchObject({ 'serving.knative.dev/service': service.metadata.name })
    expect(spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `${revision}-deployment` },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 20 },
        scaleDown: { stabilizationWindowSeconds: 20 },
      },
    })
    expect(await workspace.readyPodsOf(revision)).toHaveLength(2)
    expect((await gateway.get(service.status?.url ?? '')).status).toBe(200)
  })

  testHpa(
    'has no activator in its path, no minimum but one pod, and no metric unless a target is named',
    async () => {
      const revision = revisionOf(await workspace.serve({ image: 'autoscale', annotations: scale({}) }))
      const { spec } = await autoscalerOf(revision)
      expect(spec).toMatchObject({ minReplicas: 1, maxReplicas: 2147483647 })
      expect(spec).not.toHaveProperty('behavior')
      const sks = await client.get(serverlessServices, workspace.namespace, revision)
      expect([sks.spec.mode, sks.spec.numActivators]).toEqual(['Serve', undefined])
      const pa = await client.get(podAutoscalers, workspace.namespace, revision)
      expect(pa.status).toMatchObject({ serviceName: revision, actualScale: 1 })
    },
  )

  const metrics = {
    memory: {
      type: 'Resource',
      resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } },
    },
    'queue-length': {
      type: 'Pods',
      pods: { metric: { name: 'queue-length' }, target: { type: 'AverageValue', averageValue: '100' } },
    },
  }
  for (const [metric, wanted] of Object.entries(metrics)) {
    testHpa(`can be scaled by ${metric}`, async () => {
      const service = await workspace.serve({
        image: 'autoscale',
        annotations: scale({ metric, target: '100' }),
      })
      const { spec } = await autoscalerOf(revisionOf(service))
      expect(spec?.metrics).toEqual([expect.objectContaining(wanted)])
    })
  }

  testHpa('has its autoscaler changed with the living revision', async () => {
    const service = await workspace.serve({ image: 'autoscale', annotations: scale({ 'max-scale': '3' }) })
    const revision = revisionOf(service)
    await workspace.edit(revisions, revision, ({ metadata }) => {
      metadata.annotations = { ...metadata.annotations, ...scale({ 'max-scale': '6' }) }
    })
    await eventually('six pods at most', async () => (await autoscalerOf(revision)).spec?.maxReplicas === 6)
  })
})
