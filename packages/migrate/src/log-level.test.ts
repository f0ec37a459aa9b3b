import { expect, test } from '@jest/globals'
import { configMaps } from '@knative-ts/apis'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { configuredLogLevel } from './log-level.ts'

test('a job logs as config-logging says of its name, else of all, else from info', async () => {
  const client = new FakeKubeClient()
  const env = { SYSTEM_NAMESPACE: 'system' }
  expect(await configuredLogLevel(client, env, 'storage-migrator')).toBe('info')
  const metadata = { name: 'config-logging', namespace: 'system' }
  const data = { 'zap-logger-config': '{"level":"warn"}', 'loglevel.storage-migrator': 'debug' }
  client.seed(configMaps, { metadata, data })
  expect(await configuredLogLevel(client, env, 'storage-migrator')).toBe('debug')
  expect(await configuredLogLevel(client, env, 'default-domain')).toBe('warn')
  expect(await configuredLogLevel(client, {}, 'storage-migrator')).toBe('info')
})
