import { describe, expect, test } from '@jest/globals'
import { conditionOf, configurations, type KubeObject, type ResourceType, revisions } from '@knative-ts/apis'
import { eventually } from '../harness/eventually.ts'
import { connectSuite } from '../harness/suite.ts'

const { workspace, client, needs, anotherWorkspace } = await connectSuite()

interface ResourceQuota extends KubeObject {
  spec: { hard: Record<string, string> }
}

const resourceQuotas: ResourceType<ResourceQuota> = {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  namespaced: true,
}

describe('memory', () => {
  needs('isolation')(
    'a request that takes more than the limit fails, and the next one is answered',
    async () => {
      const service = await workspace.serve({
        image: 'autoscale',
        annotations: { 'autoscaling.knative.dev/min-scale': '1' },
        container: { resources: { limits: { memory: '350Mi' } } },
      })
      expect((await workspace.get(service, '/?bloat=100')).status).toBe(200)
      expect((await workspace.get(service, '/?bloat=600')).status).not.toBe(200)
      await eventually('an answer again', async () => (await workspace.get(service)).status === 200)
    },
  )
})

describe('the queue-proxy', () => {
  test('gets its part of what the container gets, within bounds, and serves with it', async () => {
    const service = await workspace.serve({
      image: 'runtime',
      annotations: { 'queue.sidecar.serving.knative.dev/resource-percentage': '0.2' },
      container: {
        resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '100m', memory: '256Mi' } },
      },
    })
    const [pod] = await workspace.podsOf(service.status?.latestReadyRevisionName ?? '')
    const queueProxy = pod?.spec?.containers.find(({ name }) => name === 'queue-proxy')
    expect(queueProxy?.resources).toEqual({
      requests: { cpu: '25m', memory: '50Mi' },
      limits: { cpu: '40m', memory: '200Mi' },
    })
    expect((await workspace.get(service)).status).toBe(200)
  })
})

describe('a namespace with a quota', () => {
  needs('scheduling')('that is used up: the status says so', async () => {
    const crowded = await anotherWorkspace()
    await client.create(resourceQuotas, {
      metadata: { name: 'small', namespace: crowded.namespace },
      spec: { hard: { 'requests.cpu': '5m' } },
    })
    const { metadata } = await crowded.create({
      image: 'runtime',
      annotations: { 'serving.knative.dev/progress-deadline': '5s' },
      container: { resources: { requests: { cpu: '10m' } } },
    })
    const name = metadata.name ?? ''
    const revision = await crowded.failed(revisions, `${name}-00001`)
    expect(conditionOf(revision.status, 'Ready')?.message).toContain('forbidden: exceeded quota')
    const configuration = await crowded.failed(configurations, name)
    expect(conditionOf(configuration.status, 'Ready')?.reason).toBe('RevisionFailed')
  })
})
