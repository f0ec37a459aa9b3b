import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { V1ConfigMap, V1Secret } from '@knative-ts/apis'
import { tlsSecret } from '../testing/test-certificate.ts'
import { keyPairOf } from './key-pair.ts'
import { buildTrustChain } from './trust-chain.ts'

const pem = readFileSync(new URL('../../testdata/certificates/own.crt', import.meta.url), 'utf8')
const key = readFileSync(new URL('../../testdata/certificates/own.key', import.meta.url), 'utf8')
const empty: V1Secret = { metadata: { name: 'routing-serving-certs' } }

function bundle(...values: string[]): V1ConfigMap {
  return {
    metadata: { name: 'b', namespace: 'ns' },
    data: Object.fromEntries(values.map((v, i) => [`k${i}`, v])),
  }
}

describe('buildTrustChain', () => {
  test('takes the Secret first, then every bundle, leaving out what is not purely certificates', () => {
    const skipped: string[] = []
    const secret = { ...empty, data: { 'ca.crt': Buffer.from(pem).toString('base64') } }
    const broken = pem.replace('MII', 'AAA')
    const chain = buildTrustChain(
      secret,
      [bundle(pem, key, `${pem}and more`, broken, '')],
      (source, problem) => skipped.push(`${source} ${problem}`),
    )
    expect(Buffer.from(chain).toString()).toBe(`${pem}\n${pem}`)
    expect(skipped).toEqual([
      'ConfigMap ns/b key k1 holds a PRIVATE KEY block',
      'ConfigMap ns/b key k2 holds text that is not PEM',
      'ConfigMap ns/b key k3 holds a certificate that cannot be read',
      'ConfigMap ns/b key k4 holds no PEM block',
    ])
  })

  test('fails if nothing valid remains', () => {
    expect(() => buildTrustChain(empty, [], () => {})).toThrow(
      'failed to build trust-chain, as no valid CA certificate was provided. Please make sure to provide a valid trust-bundle before enabling `system-internal-tls`',
    )
  })
})

describe('keyPairOf', () => {
  test('accepts a certificate with its key', () => {
    expect(Buffer.from(keyPairOf(tlsSecret('s', 'own')).certificate).toString()).toBe(pem)
  })

  test('refuses a foreign key, an unreadable one and none', () => {
    const own = tlsSecret('s', 'own')
    const foreign = {
      ...own,
      data: { ...own.data, 'tls.key': tlsSecret('s', 'local').data?.['tls.key'] ?? '' },
    }
    expect(() => keyPairOf(foreign)).toThrow('tls.key is not the private key of tls.crt')
    expect(() => keyPairOf({ ...own, data: { ...own.data, 'tls.crt': 'AAAA' } })).toThrow()
    expect(() => keyPairOf({ ...own, data: {} })).toThrow('tls.crt is empty')
  })
})
