import { beforeEach, expect, test } from '@jest/globals'
import { configMaps, secrets } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { silentLogger } from '@knative-ts/observability'
import type { Job } from './job.ts'
import { runJob } from './run-job.ts'

let client: FakeKubeClient

beforeEach(() => {
  client = new FakeKubeClient()
})

function run(job: Job, env: Record<string, string> = {}): Promise<void> {
  return runJob(job, {
    client,
    clock: new ManualClock(),
    logger: silentLogger,
    env: { LISTEN_ADDRESS: '127.0.0.1', ...env },
    clusterDomain: 'cluster.local',
    resolve: () => Promise.reject(new Error('nobody should ask')),
    probePort: 0,
    signal: new AbortController().signal,
  })
}

test('the migration takes from the environment whether definitions may be missing', async () => {
  const job: Job = { kind: 'storage-version-migration', definitions: ['services.serving.knative.dev'] }
  await run(job, { IGNORE_NOT_FOUND: 'true' })
  await expect(run(job)).rejects.toMatchObject({ code: 'MIGRATE_INCOMPLETE' })
})

test('the cleanup works in the system namespace', async () => {
  const names = { name: 'domainmapping-webhook-certs', namespace: 'system' }
  client.seed(secrets, { metadata: names })
  await expect(run({ kind: 'cleanup' })).rejects.toMatchObject({ code: 'MIGRATE_ENV_MISSING' })
  await run({ kind: 'cleanup' }, { SYSTEM_NAMESPACE: 'system' })
  expect(client.peek(secrets, 'system', names.name)).toBeUndefined()
})

test('the default domain is looked for by the name of the pod, and the port is free again', async () => {
  const metadata = { name: 'config-domain', namespace: 'system' }
  client.seed(configMaps, { metadata, data: { 'example.org': '' } })
  const job: Job = { kind: 'default-domain', magicDNS: 'sslip.io' }
  await expect(run(job, { SYSTEM_NAMESPACE: 'system' })).rejects.toThrow('HOSTNAME')
  await run(job, { SYSTEM_NAMESPACE: 'system', POD_NAME: 'p' })
  expect(client.writes).toEqual([])
})
