import { beforeEach, describe, expect, test } from '@jest/globals'
import {
  coreServices,
  deployments,
  endpoints,
  leases,
  secrets,
  validatingWebhookConfigurations,
} from '@knative-ts/apis'
import { ApiError } from '@knative-ts/kube'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { RecordingLogger } from '@knative-ts/observability/testing'
import { leftovers } from './leftovers.ts'
import { removeLeftovers } from './remove-leftovers.ts'

const namespace = 'system'
let client: FakeKubeClient
let logger: RecordingLogger

beforeEach(() => {
  client = new FakeKubeClient()
  logger = new RecordingLogger()
})

const run = (signal = new AbortController().signal) =>
  removeLeftovers({ client, logger, systemNamespace: namespace, signal })

const deleted = () =>
  client.writes.map(({ verb, resource, namespace: where, name }) => `${verb} ${resource} ${where}/${name}`)

test('a fresh installation has no leftovers', async () => {
  await run()
  expect(client.writes).toEqual([])
  expect(logger.lines).toEqual([])
})

test('everything that is named goes', async () => {
  const named = leftovers.flatMap(({ type, names = [] }) => names.map((name) => ({ type, name })))
  for (const { type, name } of named) {
    client.seed(type, { metadata: { name, ...(type.namespaced ? { namespace } : {}) } })
  }
  await run()
  expect(client.writes).toHaveLength(13)
  for (const { type, name } of named) {
    expect(client.peek(type, type.namespaced ? namespace : '', name)).toBeUndefined()
  }
})

test('Leases and Endpoints go by how their names begin; what the services use now stays', async () => {
  const gone = [
    'domainmapping-webhook.knative.dev.00-of-01',
    'net-certmanager-controller.x',
    'controller.knative.dev.networking.pkg.certificates.reconciler.reconciler.00-of-01',
    'controller.knative.dev.control-protocol.pkg.certificates.reconciler.reconciler.00-of-01',
  ]
  const kept = [
    'autoscaler-bucket-00-of-01',
    'controller.knative.dev.serving.pkg.reconciler.domainmapping.reconciler.00-of-01',
    'controller.knative.dev.serving.pkg.reconciler.certificate.reconciler.00-of-01',
  ]
  for (const name of [...gone, ...kept]) client.seed(leases, { metadata: { name, namespace } })
  client.seed(leases, { metadata: { name: 'net-certmanager', namespace: 'elsewhere' } })
  for (const name of ['autoscaler-bucket-00-of-01', 'activator-service']) {
    client.seed(endpoints, { metadata: { name, namespace } })
    client.seed(coreServices, { metadata: { name, namespace } })
  }
  await run()
  expect(deleted()).toEqual([
    ...gone.map((name) => `delete leases system/${name}`),
    'delete endpoints system/autoscaler-bucket-00-of-01',
  ])
})

describe('what cannot be removed', () => {
  test('is named in the end, and the rest is removed', async () => {
    client.seed(deployments, { metadata: { name: 'domain-mapping', namespace } } as never)
    client.seed(secrets, { metadata: { name: 'domainmapping-webhook-certs', namespace } })
    client.seed(validatingWebhookConfigurations, {
      metadata: { name: 'validation.webhook.domainmapping.serving.knative.dev' },
    })
    client.intercept(({ verb, resource }) => {
      if (verb === 'delete' && resource === 'deployments') {
        throw new ApiError('Forbidden', 'not allowed', { status: 403 })
      }
      if (verb === 'list' && resource === 'leases') throw new ApiError('Forbidden', 'hidden', { status: 403 })
    })
    const failure: unknown = await run().catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'MIGRATE_LEFTOVERS_REMAIN' })
    expect(String(failure)).toContain('Deployment domain-mapping: not allowed')
    expect(String(failure)).toContain('leases named domainmapping…, net-certmanager…')
    expect(deleted()).toEqual([
      'delete secrets system/domainmapping-webhook-certs',
      'delete validatingwebhookconfigurations /validation.webhook.domainmapping.serving.knative.dev',
    ])
  })

  test('nothing is begun once the process must end', async () => {
    client.seed(secrets, { metadata: { name: 'domainmapping-webhook-certs', namespace } })
    await expect(run(AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
    expect(client.writes).toEqual([])
  })
})
