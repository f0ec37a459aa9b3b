import { describe, expect, test } from '@jest/globals'
import {
  namespaces,
  secrets,
  type V1ValidatingWebhookConfiguration,
  validatingWebhookConfigurations,
} from '@knative-ts/apis'
import { silentLogger } from '@knative-ts/observability'
import { existing, runTableRow } from '@knative-ts/reconciler/testing'
import { webhookRegistrations } from './registrations.ts'
import {
  type WebhookConfiguration,
  WebhookConfigurationReconciler,
} from './webhook-configuration-reconciler.ts'

const registration = webhookRegistrations['validationwebhook']!
const entry = (change: object = {}, name = registration.name) => ({
  name,
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: { service: { name: 'webhook', namespace: 'ns' } },
  ...change,
})

function run(
  webhooks: object[] | undefined,
  options: { ca?: string; owned?: boolean; metadata?: object; registration?: typeof registration } = {},
) {
  const { ca = 'Y2E=', owned = true, metadata = {} } = options
  const used = options.registration ?? registration
  const world = [
    existing(namespaces, { metadata: { name: 'ns', uid: 'n-uid' } }),
    existing(secrets, {
      metadata: { name: 'certs', namespace: 'ns' },
      data: ca ? { 'ca-cert.pem': ca } : {},
    }),
  ]
  if (webhooks) {
    const object = {
      metadata: { name: used.name, ...metadata },
      webhooks,
    } as V1ValidatingWebhookConfiguration
    world.push(existing(validatingWebhookConfigurations, object))
  }
  return runTableRow(
    { key: used.name, world },
    ({ client, informers }) =>
      new WebhookConfigurationReconciler({
        client,
        logger: silentLogger,
        registration: used,
        configurations: informers.informer(used.type).lister,
        secrets: informers.informer(secrets).lister,
        namespace: 'ns',
        secretName: 'certs',
        ownedByNamespace: owned,
      }),
  )
}

const written = ({ writes }: Awaited<ReturnType<typeof run>>) =>
  writes[0]?.object as WebhookConfiguration | undefined

test('fills in what only the process knows', async () => {
  const configuration = written(await run([entry()]))
  expect(configuration?.metadata.ownerReferences).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      name: 'ns',
      uid: 'n-uid',
      controller: false,
      blockOwnerDeletion: true,
    },
  ])
  expect(configuration?.webhooks?.[0]).toMatchObject({
    clientConfig: {
      caBundle: 'Y2E=',
      service: { name: 'webhook', namespace: 'ns', path: '/resource-validation' },
    },
    namespaceSelector: {
      matchExpressions: [{ key: 'webhooks.knative.dev/exclude', operator: 'DoesNotExist' }],
    },
  })
  const rules = configuration?.webhooks?.[0]?.rules
  expect(
    rules?.map(({ apiGroups, apiVersions, resources }) => [...apiGroups!, ...apiVersions!, ...resources!]),
  ).toEqual([
    ['autoscaling.internal.knative.dev', 'v1alpha1', 'metrics', 'metrics/status'],
    ['autoscaling.internal.knative.dev', 'v1alpha1', 'podautoscalers', 'podautoscalers/status'],
    ['networking.internal.knative.dev', 'v1alpha1', 'certificates', 'certificates/status'],
    ['networking.internal.knative.dev', 'v1alpha1', 'ingresses', 'ingresses/status'],
    ['networking.internal.knative.dev', 'v1alpha1', 'serverlessservices', 'serverlessservices/status'],
    ['serving.knative.dev', 'v1', 'configurations', 'configurations/status'],
    ['serving.knative.dev', 'v1', 'revisions', 'revisions/status'],
    ['serving.knative.dev', 'v1', 'routes', 'routes/status'],
    ['serving.knative.dev', 'v1', 'services', 'services/status'],
    ['serving.knative.dev', 'v1beta1', 'domainmappings', 'domainmappings/status'],
  ])
  expect(rules?.every(({ operations }) => operations?.join() === 'CREATE,UPDATE,DELETE')).toBe(true)
})

test('a second look changes nothing', async () => {
  const first = written(await run([entry()]))!
  const again = await run(first.webhooks, { metadata: first.metadata })
  expect(again.writes).toEqual([])
})

test('other webhooks of the object stay as they are', async () => {
  const other = entry({}, 'other.webhook')
  expect(written(await run([other, entry()]))?.webhooks?.[0]).toEqual(other)
})

test('foreign selector expressions stay, ours are replaced', async () => {
  const namespaceSelector = {
    matchLabels: { a: 'b' },
    matchExpressions: [
      { key: 'team', operator: 'Exists' },
      { key: 'old.knative.dev/x', operator: 'Exists' },
    ],
  }
  expect(written(await run([entry({ namespaceSelector })]))?.webhooks?.[0]?.namespaceSelector).toEqual({
    matchLabels: { a: 'b' },
    matchExpressions: [
      { key: 'webhooks.knative.dev/exclude', operator: 'DoesNotExist' },
      { key: 'team', operator: 'Exists' },
    ],
  })
})

test('the webhook of ConfigMaps gets no namespace selector', async () => {
  const configmaps = webhookRegistrations['configmapwebhook']!
  const [webhook] =
    written(await run([entry({}, configmaps.name)], { registration: configmaps }))?.webhooks ?? []
  expect(webhook?.namespaceSelector).toBeUndefined()
  expect(webhook?.rules).toEqual([
    {
      operations: ['CREATE', 'UPDATE'],
      apiGroups: [''],
      apiVersions: ['v1'],
      resources: ['configmaps/*'],
      scope: 'Namespaced',
    },
  ])
})

describe('outcomes', () => {
  test('without a CA there is nothing to write; the Secret will say when there is', async () => {
    expect(await run([entry()], { ca: '' })).toMatchObject({ outcome: { kind: 'done' }, writes: [] })
  })
  test('a configuration that is not installed is not made', async () => {
    expect(await run(undefined)).toMatchObject({ outcome: { kind: 'done' }, writes: [] })
  })
  test('ownership can be turned off', async () => {
    expect(written(await run([entry()], { owned: false }))?.metadata.ownerReferences).toBeUndefined()
  })
})
