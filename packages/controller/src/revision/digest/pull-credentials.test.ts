import { describe, expect, test } from '@jest/globals'
import { parseImageReference } from './image-reference.ts'
import { dockerCredentials } from './pull-credentials.ts'

const auth = (user: string) => ({ auth: Buffer.from(`${user}:secret`).toString('base64') })
const userFor = (configs: unknown[], image: string) =>
  dockerCredentials(configs).loginFor(parseImageReference(image))?.username

describe('the login for an image', () => {
  test.each([
    ['gcr.io', 'gcr.io/a/b', true],
    ['gcr.io', 'eu.gcr.io/a/b', false],
    ['https://gcr.io/v2/', 'gcr.io/a/b', true],
    ['https://index.docker.io/v1/', 'busybox', true],
    ['docker.io', 'user/app', true],
    ['*.example.com', 'a.example.com/x/y', true],
    ['*.example.com', 'a.b.example.com/x/y', false],
    ['reg*.example.com', 'registry.example.com/x/y', true],
    ['example.com:5000', 'example.com:5000/x/y', true],
    ['example.com', 'example.com:5000/x/y', false],
    ['example.com/team', 'example.com/team/app', true],
    ['example.com/team', 'example.com/teams/app', false],
  ])('key %s, image %s', (key, image, matches) => {
    expect(userFor([{ auths: { [key]: auth('me') } }], image)).toBe(matches ? 'me' : undefined)
  })

  test('the longest key wins within a file, the first file over the next', () => {
    const first = { auths: { 'example.com': auth('host'), 'example.com/team': auth('team') } }
    const second = { auths: { 'example.com/other': auth('late') } }
    expect(userFor([first, second], 'example.com/team/app')).toBe('team')
    expect(userFor([first, second], 'example.com/other/app')).toBe('host')
  })

  test.each([
    [
      { username: 'u', password: 'p' },
      { username: 'u', password: 'p' },
    ],
    [{ auth: Buffer.from('u:p:q').toString('base64') }, { username: 'u', password: 'p:q' }],
    [{ identitytoken: 't' }, { username: '', password: '', identityToken: 't' }],
    [{ auth: '' }, undefined],
    ['nonsense', undefined],
  ])('of entry %j', (entry, expected) => {
    const credentials = dockerCredentials([{ 'example.com': entry }])
    expect(credentials.loginFor(parseImageReference('example.com/a/b'))).toEqual(expected)
  })

  test.each([undefined, null, 'text', [], { auths: 3 }, { auths: { 'example.com': null } }])(
    'a file that holds %j has none',
    (config) => {
      expect(userFor([config], 'example.com/a/b')).toBeUndefined()
    },
  )
})
