import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { metricsTlsSettings } from './metrics-tls-settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'metrics-tls-'))
const file = (name: string) => join(folder, name)
beforeAll(() => {
  for (const name of ['crt', 'key', 'ca']) writeFileSync(file(name), `the ${name}`)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Without the variables' common beginning. */
type Suffixes = Record<string, string>
const settings = (suffixes: Suffixes) =>
  metricsTlsSettings(
    Object.fromEntries(
      Object.entries(suffixes).map(([name, value]) => [`METRICS_PROMETHEUS_TLS_${name}`, value]),
    ),
  )
const pair = { CERT: file('crt'), KEY: file('key') }
const read = { cert: Buffer.from('the crt'), key: Buffer.from('the key') }
const ca = Buffer.from('the ca')

describe('metricsTlsSettings', () => {
  test.each<[string, Suffixes, object | undefined]>([
    ['nothing: cleartext', {}, undefined],
    ['empty: cleartext', { CERT: '', KEY: '', CLIENT_AUTH: 'none' }, undefined],
    ['a certificate', pair, { minVersion: 'TLSv1.3', ...read }],
    ['an older TLS', { ...pair, MIN_VERSION: '1.2' }, { minVersion: 'TLSv1.2', ...read }],
    ['clients as they come', { ...pair, CLIENT_AUTH: 'none' }, { minVersion: 'TLSv1.3', ...read }],
    [
      'clients that may show a certificate',
      { ...pair, CLIENT_AUTH: 'optional', CLIENT_CA_FILE: file('ca') },
      { minVersion: 'TLSv1.3', ...read, ca, requestCert: true, rejectUnauthorized: false },
    ],
    [
      'clients that must',
      { ...pair, CLIENT_AUTH: ' Require ', CLIENT_CA_FILE: file('ca') },
      { minVersion: 'TLSv1.3', ...read, ca, requestCert: true, rejectUnauthorized: true },
    ],
  ])('%s', (_, suffixes, expected) => {
    expect(settings(suffixes)).toEqual(expected)
  })

  test.each<[string, Suffixes, string]>([
    ['a certificate without a key', { CERT: file('crt') }, 'TLS_KEY is not set'],
    ['a key without a certificate', { KEY: file('key') }, 'TLS_CERT is not set'],
    ['a file that is not there', { ...pair, CERT: file('none') }, "TLS_CERT names a file that can't be read"],
    [
      'another kind of client',
      { ...pair, CLIENT_AUTH: 'some' },
      'TLS_CLIENT_AUTH must be none, optional or require',
    ],
    ['clients without an authority', { ...pair, CLIENT_AUTH: 'require' }, 'TLS_CLIENT_CA_FILE is not set'],
    ['an authority for nobody', { ...pair, CLIENT_CA_FILE: file('ca') }, 'TLS_CLIENT_CA_FILE needs'],
    ['clients in the clear', { CLIENT_AUTH: 'require' }, 'TLS_CLIENT_AUTH needs'],
    ['an authority in the clear', { CLIENT_CA_FILE: file('ca') }, 'TLS_CLIENT_CA_FILE needs'],
    ['no such version', { ...pair, MIN_VERSION: '1.1' }, 'TLS_MIN_VERSION must be 1.2 or 1.3'],
  ])('%s is refused by name', (_, suffixes, message) => {
    expect(() => settings(suffixes)).toThrow(`environment variable METRICS_PROMETHEUS_${message}`)
  })
})
