import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { V1Secret } from '@knative-ts/apis'

/** A certificate chain and its key, PEM. */
export interface KeyPair {
  readonly certificate: Uint8Array
  readonly privateKey: Uint8Array
}

const parsedPairs = new WeakMap<V1Secret, KeyPair>()

/**
 * The key pair in a TLS Secret.
 * @throws Error if `tls.crt` or `tls.key` is missing or unreadable, or they do not belong together
 */
export function keyPairOf(secret: V1Secret): KeyPair {
  const known = parsedPairs.get(secret)
  if (known) return known
  const certificate = decoded(secret, 'tls.crt')
  const privateKey = decoded(secret, 'tls.key')
  if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey))) {
    throw new Error('tls.key is not the private key of tls.crt')
  }
  const pair = { certificate, privateKey }
  parsedPairs.set(secret, pair)
  return pair
}

function decoded(secret: V1Secret, key: string): Buffer<ArrayBuffer> {
  const text = secret.data?.[key]
  if (!text) throw new Error(`${key} is empty`)
  return Buffer.from(text, 'base64')
}
