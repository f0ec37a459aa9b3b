import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { isIP, isIPv4 } from 'node:net'
import {
  bitString,
  bool,
  context,
  integer,
  objectIdentifier,
  octetString,
  partsOf,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts'

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certPem: string
  readonly keyPem: string
}

const backdateMs = 60 * 60 * 1000
const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'))
const commonName = objectIdentifier('2.5.4.3')

interface Request {
  readonly subject: Buffer
  readonly issuer: Buffer
  readonly publicKey: KeyObject
  readonly signingKey: KeyObject
  readonly extensions: readonly Buffer[]
  readonly nowMs: number
  readonly lifetimeMs: number
}

/** A new certificate authority, valid from an hour ago. */
export function issueAuthority(nowMs: number, lifetimeMs: number): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = nameOf('kubernetes')
  const extensions = [
    extension('2.5.29.19', true, sequence(bool(true))),
    extension('2.5.29.15', true, bitString(Buffer.from([0b1000_0100]), 2)),
    extension('2.5.29.14', false, octetString(keyIdentifier(publicKey))),
  ]
  const certPem = issue({
    subject: name,
    issuer: name,
    publicKey,
    signingKey: privateKey,
    extensions,
    nowMs,
    lifetimeMs,
  })
  return { certPem, keyPem: pemOf(privateKey) }
}

/** A server certificate for `hosts` (names and addresses) under an authority. */
export function issueServerCertificate(
  authority: KeyPair,
  hosts: readonly string[],
  nowMs: number,
  lifetimeMs: number,
): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = new X509Certificate(authority.certPem)
  const names = hosts.map((host) =>
    isIP(host) ? context(7, addressBytes(host), false) : context(2, Buffer.from(host), false),
  )
  const extensions = [
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.15', true, bitString(Buffer.from([0b1000_0000]), 7)),
    extension('2.5.29.37', false, sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', false, sequence(...names)),
    extension('2.5.29.35', false, sequence(context(0, keyIdentifier(issuer.publicKey), false))),
  ]
  const certPem = issue({
    subject: nameOf('kube-apiserver'),
    issuer: subjectOf(issuer),
    publicKey,
    signingKey: createPrivateKey(authority.keyPem),
    extensions,
    nowMs,
    lifetimeMs,
  })
  return { certPem, keyPem: pemOf(privateKey) }
}

function issue(request: Request): string {
  const serial = randomBytes(16)
  serial[0] = (serial[0]! & 0x3f) | 0x40
  const { nowMs, lifetimeMs } = request
  const body = sequence(
    context(0, integer(Buffer.from([2])), true),
    integer(serial),
    ecdsaWithSha256,
    request.issuer,
    sequence(time(nowMs - backdateMs), time(nowMs + lifetimeMs)),
    request.subject,
    request.publicKey.export({ type: 'spki', format: 'der' }),
    context(3, sequence(...request.extensions), true),
  )
  const signature = sign('sha256', body, request.signingKey)
  const der = sequence(body, ecdsaWithSha256, bitString(signature))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function nameOf(text: string): Buffer {
  return sequence(set(sequence(commonName, utf8String(text))))
}

/** The subject of a certificate, as encoded in it: the sixth part of its body. */
function subjectOf(certificate: X509Certificate): Buffer {
  return partsOf(partsOf(certificate.raw)[0]!)[5]!
}

function extension(identifier: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectIdentifier(identifier), ...(critical ? [bool(true)] : []), octetString(value))
}

function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = address.split('::')
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const zeros = new Array<number>(8 - left.length - right.length).fill(0)
  return Buffer.from([...left, ...zeros, ...right].flatMap((group) => [group >> 8, group & 0xff]))
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
