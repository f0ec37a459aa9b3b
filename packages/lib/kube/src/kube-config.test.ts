import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { fromKubeconfig, loadKubeConnection } from './kube-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'))
afterAll(() => rmSync(folder, { recursive: true }))

const config = (user: object, cluster: object = { server: 'https://api:6443/' }) => ({
  'current-context': 'c',
  contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
  clusters: [{ name: 'k', cluster }],
  users: [{ name: 'u', user }],
})

describe('fromKubeconfig', () => {
  test('token, inline certificates and server', () => {
    const connection = fromKubeconfig(
      config(
        { token: 'secret' },
        {
          server: 'https://api:6443/',
          'certificate-authority-data': Buffer.from('CA').toString('base64'),
          'tls-server-name': 'kubernetes',
        },
      ),
      folder,
    )
    expect(connection).toMatchObject({
      server: 'https://api:6443',
      ca: 'CA',
      serverName: 'kubernetes',
      skipTLSVerify: false,
    })
    expect(connection.token()).toBe('secret')
  })

  test('files are relative to the kubeconfig', () => {
    writeFileSync(join(folder, 'token'), 'from file\n')
    writeFileSync(join(folder, 'client.crt'), 'CERT')
    const connection = fromKubeconfig(
      config({ tokenFile: 'token', 'client-certificate': 'client.crt' }),
      folder,
    )
    expect(connection.token()).toBe('from file')
    writeFileSync(join(folder, 'token'), 'rotated')
    utimesSync(join(folder, 'token'), new Date(0), new Date(0))
    expect(connection.token()).toBe('rotated')
    expect(connection.cert).toBe('CERT')
  })

  test.each([
    ['no such context', { ...config({}), 'current-context': 'x' }, 'current-context "x"'],
    ['no server', config({}, {}), 'cluster "k" has no server'],
    ['a login plugin', config({ exec: { command: 'aws' } }), 'user "u" logs in through a plugin'],
  ])('%s is an error with a cure', (_, bad, message) => {
    expect(() => fromKubeconfig(bad, folder)).toThrow(message)
  })
})

describe('loadKubeConnection', () => {
  test('reads the file in KUBECONFIG', () => {
    const file = join(folder, 'config')
    writeFileSync(file, JSON.stringify(config({ token: 't' })))
    expect(loadKubeConnection({ KUBECONFIG: file }).server).toBe('https://api:6443')
  })

  test('an unreadable file or no way in at all says what to do', () => {
    expect(() => loadKubeConnection({ KUBECONFIG: join(folder, 'none') })).toThrow(
      'check the path in KUBECONFIG',
    )
    expect(() => loadKubeConnection({})).toThrow('set KUBECONFIG')
  })
})
