import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { type DistinguishedName, signCertificate } from '@knative-ts/certificates'

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certPem: string
  readonly keyPem: string
}

/** Clocks of clients may be behind. */
const backdateMs = 60 * 60 * 1000
const authorityName: DistinguishedName = { organization: 'knative-ts', commonName: 'kubernetes' }
const serverName: DistinguishedName = { organization: 'knative-ts', commonName: 'kube-apiserver' }

/** A new certificate authority, valid from an hour ago. */
export function issueAuthority(nowMs: number, lifetimeMs: number): KeyPair {
  const { publicKey, privateKey } = newKeys()
  const certPem = signCertificate({
    subject: authorityName,
    issuer: authorityName,
    hosts: [authorityName.commonName],
    ...validity(nowMs, lifetimeMs),
    isCA: true,
    publicKey,
    issuerPublicKey: publicKey,
    issuerPrivateKey: privateKey,
  })
  return { certPem, keyPem: pemOf(privateKey) }
}

/** A server certificate for `hosts` (names and addresses) under an authority of `issueAuthority`. */
export function issueServerCertificate(
  authority: KeyPair,
  hosts: readonly string[],
  nowMs: number,
  lifetimeMs: number,
): KeyPair {
  const { publicKey, privateKey } = newKeys()
  const certPem = signCertificate({
    subject: serverName,
    issuer: authorityName,
    hosts,
    ...validity(nowMs, lifetimeMs),
    isCA: false,
    publicKey,
    issuerPublicKey: createPublicKey(authority.certPem),
    issuerPrivateKey: createPrivateKey(authority.keyPem),
  })
  return { certPem, keyPem: pemOf(privateKey) }
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function validity(nowMs: number, lifetimeMs: number) {
  return { notBeforeMs: nowMs - backdateMs, notAfterMs: nowMs + lifetimeMs }
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
