import { expect, test } from '@jest/globals'
import { listenAddressFrom } from '@knative-ts/observability'
import { webhookEnvironment } from './environment.ts'

const complete = { WEBHOOK_NAME: 'webhook', SYSTEM_NAMESPACE: 'knative-serving' }

test('defaults', () => {
  expect(webhookEnvironment(complete)).toEqual({
    serviceName: 'webhook',
    systemNamespace: 'knative-serving',
    podName: undefined,
    secretName: 'webhook-certs',
    listenAddress: listenAddressFrom({}),
    port: 8443,
    metricsPort: 9090,
    profilingPort: 8008,
    ownedByNamespace: true,
  })
})

test.each([
  [{ WEBHOOK_PORT: '9443' }, { port: 9443 }],
  [{ LISTEN_ADDRESS: '127.0.0.9' }, { listenAddress: '127.0.0.9' }],
  [{ WEBHOOK_SECRET_NAME: 'other' }, { secretName: 'other' }],
  [{ WEBHOOK_DISABLE_NAMESPACE_OWNERSHIP: 'true' }, { ownedByNamespace: false }],
])('%j', (env, expected) => expect(webhookEnvironment({ ...complete, ...env })).toMatchObject(expected))

test.each([
  [{ WEBHOOK_NAME: '' }, 'environment variable WEBHOOK_NAME is not set; set it in the Deployment'],
  [
    { SYSTEM_NAMESPACE: undefined },
    'environment variable SYSTEM_NAMESPACE is not set; set it in the Deployment',
  ],
  [{ WEBHOOK_PORT: 'https' }, 'environment variable WEBHOOK_PORT must be a port number, not "https"'],
])('%j is refused', (env, message) => {
  expect(() => webhookEnvironment({ ...complete, ...env })).toThrow(
    expect.objectContaining({ message, code: 'WEBHOOK_ENVIRONMENT' }),
  )
})
