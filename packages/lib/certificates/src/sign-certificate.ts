import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { addressBytes } from './address-bytes.ts'
import * as der from './der.ts'

const oids = {
  ecdsaWithSHA256: '1.2.840.10045.4.3.2',
  organization: '2.5.4.10',
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const

/** Bits of the key usage extension, in its first byte. */
const digitalSignature = 0x80
const keyCertSign = 0x04
/** How a subject alternative name is tagged. */
const dnsNameTag = 2
const addressTag = 7

export interface DistinguishedName {
  readonly organization: string
  readonly commonName: string
}

/** What a certificate says, and whose keys go into it. */
export interface CertificateRequest {
  readonly subject: DistinguishedName
  readonly issuer: DistinguishedName
  /** DNS names and IP addresses. */
  readonly hosts: readonly string[]
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** Whether the certificate may sign others; else it is a server's. */
  readonly isCA: boolean
  readonly publicKey: KeyObject
  readonly issuerPublicKey: KeyObject
  readonly issuerPrivateKey: KeyObject
}

/** An X.509 certificate (RFC 5280), signed with ECDSA and SHA-256, as PEM. */
export function signCertificate(request: CertificateRequest): string {
  const algorithm = der.sequence(der.objectIdentifier(oids.ecdsaWithSHA256))
  const body = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))),
    der.integer(serialNumber()),
    algorithm,
    nameOf(request.issuer),
    der.sequence(der.time(request.notBeforeMs), der.time(request.notAfterMs)),
    nameOf(request.subject),
    spki(request.publicKey),
    der.explicit(3, der.sequence(...extensions(request))),
  )
  const signature = sign('sha256', body, { key: request.issuerPrivateKey, dsaEncoding: 'der' })
  const certificate = der.sequence(body, algorithm, der.bitString(signature))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function extensions(request: CertificateRequest): Buffer[] {
  const usages = digitalSignature | (request.isCA ? keyCertSign : 0)
  const purposes = request.isCA ? [oids.serverAuth, oids.clientAuth] : [oids.serverAuth]
  return [
    // The unused bits are those below the lowest one set.
    extension(oids.keyUsage, der.bitString(Buffer.from([usages]), request.isCA ? 2 : 7), true),
    extension(oids.extendedKeyUsage, der.sequence(...purposes.map(der.objectIdentifier))),
    extension(oids.basicConstraints, request.isCA ? der.sequence(der.trueValue) : der.sequence(), true),
    // An authority and what it signs may bear one name: then only the key identifiers tell who signed which.
    extension(oids.subjectKeyIdentifier, der.octetString(keyIdentifier(request.publicKey))),
    extension(
      oids.authorityKeyIdentifier,
      der.sequence(der.implicit(0, keyIdentifier(request.issuerPublicKey))),
    ),
    extension(oids.subjectAltName, der.sequence(...request.hosts.map(alternativeName))),
  ]
}

function alternativeName(host: string): Buffer {
  return isIP(host)
    ? der.implicit(addressTag, addressBytes(host))
    : der.implicit(dnsNameTag, Buffer.from(host))
}

function nameOf({ organization, commonName }: DistinguishedName): Buffer {
  return der.sequence(attribute(oids.organization, organization), attribute(oids.commonName, commonName))
}

function extension(oid: string, value: Buffer, critical = false): Buffer {
  return der.sequence(der.objectIdentifier(oid), ...(critical ? [der.trueValue] : []), der.octetString(value))
}

function attribute(oid: string, value: string): Buffer {
  return der.setOf(der.sequence(der.objectIdentifier(oid), der.utf8String(value)))
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha256').update(spki(key)).digest().subarray(0, 20)
}

/** 16 random bytes that read as a positive number without leading zeros. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return bytes
}
