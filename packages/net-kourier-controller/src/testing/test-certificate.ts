import { readFileSync } from 'node:fs'
import type { V1Secret } from '@knative-ts/apis'
import { testMeta } from '@knative-ts/apis/testing'

/** Self-signed certificates of `testdata/certificates` (ECDSA P-256, PKCS#8, valid for a century). */
export type TestCertificate = 'own' | 'local' | 'wildcard' | 'rotated'

const folder = new URL('../../testdata/certificates/', import.meta.url)

/** A TLS Secret that holds one of them. */
export function tlsSecret(name: string, certificate: TestCertificate, namespace = 'default'): V1Secret {
  const file = (extension: string) =>
    readFileSync(new URL(`${certificate}.${extension}`, folder)).toString('base64')
  return {
    metadata: testMeta(name, namespace),
    data: { 'tls.crt': file('crt'), 'tls.key': file('key') },
  }
}
