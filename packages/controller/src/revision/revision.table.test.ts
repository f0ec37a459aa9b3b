import { describe, expect, test } from '@jest/globals'
import {
  certificates,
  deployments,
  namespaces,
  type PodAutoscaler,
  podAutoscalers,
  secrets,
  type V1Deployment,
} from '@knative-ts/apis'
import { testMeta, withChange } from '@knative-ts/apis/testing'
import { ApiError } from '@knative-ts/kube'
import { existing } from '@knative-ts/reconciler/testing'
import type { ConfigData } from '../testing/config.ts'
import { ImageUnresolvedError } from './errors.ts'
import { testRevision, withStatus } from './testing/revision-fixtures.ts'
import { reconcileRevision } from './testing/revision-table.ts'
import { available, deploymentOf, running, serving } from './testing/revision-world.ts'

describe('first reconcile', () => {
  test('makes Deployment, Image and PodAutoscaler in one pass, in this order', async () => {
    const result = await reconcileRevision({ revision: testRevision() })
    expect(result.outcome).toEqual({ kind: 'done' })
    expect(result.wrote).toEqual([
      'create deployments hello-00001-deployment',
      'create images hello-00001-cache-user-container',
      'create podautoscalers hello-00001',
      'update-status revisions hello-00001',
    ])
    expect(result.conditions).toEqual({
      Active: 'Unknown Deploying',
      ContainerHealthy: 'Unknown Deploying',
      Ready: 'Unknown Deploying',
      ResourcesAvailable: 'Unknown Deploying',
    })
    expect(result.revision.status?.observedGeneration).toBe(1)
    expect(result.revision.status?.containerStatuses).toEqual([{ name: 'user-container' }])
    expect(result.revision.status).not.toHaveProperty('initContainerStatuses')
  })

  test('a lost race for the status is retried in silence', async () => {
    const result = await reconcileRevision({
      revision: testRevision(),
      failing: ({ verb, resource }) => {
        if (verb === 'update-status' && resource === 'revisions') throw new ApiError('Conflict', 'stale')
      },
    })
    expect(result.outcome.kind).toBe('retry')
    expect(result.events).toEqual([])
  })

  test.each([
    ['deployments', 'hello-00001-deployment'],
    ['images', 'hello-00001-cache-user-container'],
    ['podautoscalers', 'hello-00001'],
  ])('a refused create of %s is reported and retried', async (resource) => {
    const result = await reconcileRevision({
      revision: testRevision(),
      failing: (request) => {
        if (request.verb === 'create' && request.resource === resource) {
          throw new ApiError('Forbidden', `no ${resource} today`)
        }
      },
    })
    expect(result.outcome.kind).toBe('retry')
    expect(result.events).toEqual([`Warning InternalError no ${resource} today`])
  })
})

describe('digest resolution', () => {
  const tagged = testRevision((revision) => {
    revision.spec.containers[0]!.image = 'registry.example/app:v1'
  })

  test('while pending nothing is made', async () => {
    const result = await reconcileRevision({
      revision: tagged,
      digests: { resolve: () => undefined, forget: () => {} },
    })
    expect(result.wrote).toEqual(['update-status revisions hello-00001'])
    expect(result.conditions['ResourcesAvailable']).toBe('Unknown ResolvingDigests')
    expect(result.conditions['Ready']).toBe('Unknown ResolvingDigests')
  })

  test('a failure marks the container missing and is retried', async () => {
    const result = await reconcileRevision({
      revision: tagged,
      digests: {
        resolve: () => {
          throw new ImageUnresolvedError('registry.example/app:v1', new Error('no such host'))
        },
        forget: () => {},
      },
    })
    const text =
      'Unable to fetch image "registry.example/app:v1": failed to resolve image to digest: no such host'
    expect(result.outcome.kind).toBe('retry')
    expect(result.conditions['ContainerHealthy']).toBe(`False ContainerMissing ${text}`)
    expect(result.conditions['Ready']).toBe(`False ContainerMissing ${text}`)
    expect(result.events).toEqual([`Warning InternalError ${text}`])
    expect(result.wrote).toEqual(['update-status revisions hello-00001'])
  })

  test('digests are recorded in the order of the spec and put into the pod; init containers keep their tag', async () => {
    const revision = withChange(tagged, (copy) => {
      copy.spec.initContainers = [{ name: 'init', image: 'registry.example/init:v1' }]
    })
    const result = await reconcileRevision({
      revision,
      digests: {
        resolve: () => ({
          containers: [{ name: 'user-container', imageDigest: 'registry.example/app@sha256:1' }],
          initContainers: [{ name: 'init', imageDigest: 'registry.example/init@sha256:2' }],
        }),
        forget: () => {},
      },
    })
    const pod = result.client.peek(deployments, 'default', 'hello-00001-deployment')?.spec?.template.spec
    expect(pod?.containers[0]?.image).toBe('registry.example/app@sha256:1')
    expect(pod?.initContainers?.[0]?.image).toBe('registry.example/init:v1')
    expect(result.revision.status?.containerStatuses).toEqual([
      { name: 'user-container', imageDigest: 'registry.example/app@sha256:1' },
    ])
    expect(result.wrote).toContain('create images hello-00001-cache-init')
  })

  test('what is recorded is never resolved again', async () => {
    const { world } = running(available, serving)
    const result = await reconcileRevision({
      revision: withStatus(tagged),
      world,
      digests: {
        resolve: () => {
          throw new Error('must not be asked')
        },
        forget: () => {},
      },
    })
    expect(result.outcome).toEqual({ kind: 'done' })
  })
})

describe('what exists already', () => {
  const foreign = { ownerReferences: [] }

  test('a Deployment of someone else', async () => {
    const revision = withStatus(testRevision())
    const deployment = deploymentOf(revision)
    const result = await reconcileRevision({
      revision,
      world: [existing(deployments, { ...deployment, metadata: { ...deployment.metadata, ...foreign } })],
    })
    const message = 'There is an existing Deployment "hello-00001-deployment" that we do not own.'
    expect(result.conditions['ResourcesAvailable']).toBe(`False NotOwned ${message}`)
    expect(result.events).toEqual([
      'Warning InternalError revision: "hello-00001" does not own Deployment: "hello-00001-deployment"',
    ])
    expect(result.wrote).toEqual(['update-status revisions hello-00001'])
  })

  test('a PodAutoscaler of someone else', async () => {
    const { revision, world } = running(available, serving)
    const result = await reconcileRevision({
      revision,
      world: world.map((item) =>
        item.type === podAutoscalers
          ? existing(podAutoscalers, {
              ...(item.object as PodAutoscaler),
              metadata: { ...item.object.metadata, ...foreign },
            })
          : item,
      ),
    })
    const message = 'There is an existing PodAutoscaler "hello-00001" that we do not own.'
    expect(result.conditions['ResourcesAvailable']).toBe(`False NotOwned ${message}`)
    expect(result.events).toEqual([
      'Warning InternalError revision: "hello-00001" does not own PodAutoscaler: "hello-00001"',
    ])
  })

  test('a second pass over a settled revision writes nothing', async () => {
    const first = await reconcileRevision(running(available, serving))
    const second = await reconcileRevision({ ...running(available, serving), revision: first.revision })
    expect(second.wrote).toEqual([])
  })

  test('a change of configuration rolls the Deployment and keeps scale, selector and foreign metadata', async () => {
    const { revision, world } = running(available, serving)
    const live = withChange(world[0]!.object as V1Deployment, (copy) => {
      copy.spec!.replicas = 7
      copy.metadata.labels = { ...copy.metadata.labels, owner: 'me', 'serving.knative.dev/gone': 'x' }
      copy.spec!.template.metadata!.annotations = { 'kubectl.kubernetes.io/restartedAt': 'now' }
    })
    const result = await reconcileRevision({
      revision,
      world: [existing(deployments, live), ...world.slice(1)],
      config: { deployment: { 'progress-deadline': '120s' } },
    })
    const updated = result.client.peek(deployments, 'default', 'hello-00001-deployment')
    expect(result.wrote).toContain('update deployments hello-00001-deployment')
    expect(updated?.spec?.replicas).toBe(7)
    expect(updated?.spec?.progressDeadlineSeconds).toBe(120)
    expect(updated?.metadata.labels).toMatchObject({ owner: 'me', app: 'hello-00001' })
    expect(updated?.metadata.labels).not.toHaveProperty(['serving.knative.dev/gone'])
    expect(updated?.spec?.template.metadata?.annotations).toEqual({
      'kubectl.kubernetes.io/restartedAt': 'now',
      'kubectl.kubernetes.io/default-container': 'user-container',
    })
  })

  test('a new initial scale does not touch Deployments', async () => {
    const { revision, world } = running(available, serving)
    const result = await reconcileRevision({
      revision,
      world,
      config: { autoscaler: { 'initial-scale': '4' } },
    })
    expect(result.wrote).toEqual(['update-status revisions hello-00001'])
  })

  test('a lost race for the Deployment is retried in silence', async () => {
    const { revision, world } = running(available, serving)
    const result = await reconcileRevision({
      revision,
      world,
      config: { deployment: { 'progress-deadline': '120s' } },
      failing: ({ verb, resource }) => {
        if (verb === 'update' && resource === 'deployments') throw new ApiError('Conflict', 'stale')
      },
    })
    expect(result.outcome.kind).toBe('retry')
    expect(result.events).toEqual([])
  })
})

describe('log URL', () => {
  test.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is spelled so.
    ['http://logs/${REVISION_UID}?again=${REVISION_UID}', 'http://logs/revision-uid?again=revision-uid'],
    ['', undefined],
  ])('%s', async (template, expected) => {
    const result = await reconcileRevision({
      revision: withStatus(testRevision()),
      config: { observability: { 'logging.revision-url-template': template } },
    })
    expect(result.revision.status?.logUrl).toBe(expected)
  })
})

describe('queue-proxy certificate', () => {
  const config: ConfigData = { network: { 'system-internal-tls': 'enabled' } }
  const namespace = existing(namespaces, { metadata: { name: 'default', uid: 'ns-uid' } })
  const secret = (data: Record<string, string>) =>
    existing(secrets, { metadata: testMeta('serving-certs', 'default'), data })

  test('is made for the namespace, and the Deployment waits for its secret', async () => {
    const result = await reconcileRevision({ revision: testRevision(), config, world: [namespace] })
    expect(result.outcome.kind).toBe('retry')
    expect(result.wrote).toEqual(['create certificates serving-certs', 'update-status revisions hello-00001'])
    expect(result.client.peek(certificates, 'default', 'serving-certs')).toMatchObject({
      metadata: {
        labels: { 'networking.knative.dev/certificate-type': 'system-internal' },
        annotations: {
          'networking.knative.dev/certificate.class': 'cert-manager.certificate.networking.knative.dev',
        },
        ownerReferences: [{ kind: 'Namespace', name: 'default', uid: 'ns-uid' }],
      },
      spec: { dnsNames: ['kn-user-default', 'data-plane.knative.dev'], secretName: 'serving-certs' },
    })
  })

  test('its spec is kept right; the class that another revision chose stays', async () => {
    const first = await reconcileRevision({ revision: testRevision(), config, world: [namespace] })
    const made = first.client.peek(certificates, 'default', 'serving-certs')!
    const live = withChange(made, (copy) => {
      copy.spec.dnsNames = ['wrong']
      copy.metadata.annotations = { 'networking.knative.dev/certificate.class': 'another' }
    })
    const result = await reconcileRevision({
      revision: testRevision(),
      config,
      world: [existing(certificates, live)],
    })
    const kept = result.client.peek(certificates, 'default', 'serving-certs')
    expect(kept?.spec).toEqual(made.spec)
    expect(kept?.metadata.annotations).toEqual(live.metadata.annotations)
  })

  test('half a secret is not enough', async () => {
    const result = await reconcileRevision({
      revision: testRevision(),
      config,
      world: [namespace, secret({ 'tls.crt': 'x' })],
    })
    expect(result.events).toEqual([
      'Warning InternalError certificate secret default/serving-certs is not ready: it has no tls.key',
    ])
  })

  test('with the secret the Deployment mounts it', async () => {
    const result = await reconcileRevision({
      revision: testRevision(),
      config,
      world: [namespace, secret({ 'tls.crt': 'x', 'tls.key': 'y' })],
    })
    const pod = result.client.peek(deployments, 'default', 'hello-00001-deployment')?.spec?.template.spec
    expect(pod?.volumes).toEqual([{ name: 'server-certs', secret: { secretName: 'serving-certs' } }])
  })
})
