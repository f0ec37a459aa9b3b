import { describe, expect, test } from '@jest/globals'
import { secrets, serviceAccounts } from '@knative-ts/apis'
import { testMeta } from '@knative-ts/apis/testing'
import { ApiError } from '@knative-ts/kube'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { testRevision } from '../testing/revision-fixtures.ts'
import { parseImageReference } from './image-reference.ts'
import { pullCredentialsFor } from './pull-secrets.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const entry = (username: string) => ({ 'example.com': { username, password: 'p' } })
const reference = parseImageReference('example.com/team/app')

function clientWith(accountSecrets: string[], account = 'default') {
  const client = new FakeKubeClient()
  client.seed(serviceAccounts, {
    metadata: testMeta(account),
    imagePullSecrets: accountSecrets.map((name) => ({ name })),
  })
  client.seed(
    secrets,
    {
      metadata: testMeta('json'),
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': base64(JSON.stringify({ auths: entry('from-json') })) },
    },
    {
      metadata: testMeta('cfg'),
      type: 'kubernetes.io/dockercfg',
      data: { '.dockercfg': base64(JSON.stringify(entry('from-cfg'))) },
    },
    { metadata: testMeta('broken'), type: 'kubernetes.io/dockercfg', data: { '.dockercfg': base64('{') } },
    { metadata: testMeta('opaque'), type: 'Opaque', data: {} },
  )
  return client
}

const userFor = async (client: FakeKubeClient, own: string[], ownConfig: unknown, account?: string) => {
  const revision = testRevision(({ spec }) => {
    spec.imagePullSecrets = own.map((name) => ({ name }))
    if (account) spec.serviceAccountName = account
  })
  return (await pullCredentialsFor(client, revision, () => Promise.resolve(ownConfig))).loginFor(reference)
    ?.username
}

describe('pull secrets', () => {
  test.each([
    ['the revision’s own come first', ['json'], ['cfg'], undefined, 'from-json'],
    ['then those of its service account', [], ['cfg'], entry('mine'), 'from-cfg'],
    ['then the controller’s own configuration', [], [], entry('mine'), 'mine'],
    [
      'missing, broken and foreign secrets are passed over',
      ['gone', 'broken', 'opaque', 'json'],
      [],
      undefined,
      'from-json',
    ],
    ['none at all', [], [], undefined, undefined],
  ])('%s', async (_, own, ofAccount, ownConfig, expected) => {
    expect(await userFor(clientWith(ofAccount), own, ownConfig)).toBe(expected)
  })

  test('a service account that does not exist has none; one that is named counts', async () => {
    expect(await userFor(clientWith(['json']), [], undefined, 'other')).toBeUndefined()
    expect(await userFor(clientWith(['json'], 'builder'), [], undefined, 'builder')).toBe('from-json')
  })

  test('an API that refuses is not the same as no secret', async () => {
    const client = clientWith([])
    client.intercept(({ resource }) => {
      if (resource === 'secrets') throw new ApiError('Forbidden', 'not yours')
    })
    await expect(userFor(client, ['json'], undefined)).rejects.toThrow('not yours')
  })
})
