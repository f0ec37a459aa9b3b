import { randomBytes, X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { issueAuthority, issueServerCertificate } from './certificates.ts'

/** What the server proves itself with, and the secrets it makes tokens from. */
export interface Credentials {
  readonly caPem: string
  readonly certPem: string
  readonly keyPem: string
  readonly adminToken: string
  readonly tokenSecret: Buffer
}

const dayMs = 24 * 60 * 60 * 1000
const lifetimeMs = 3650 * dayMs
const renewBeforeMs = 30 * dayMs

/**
 * The credentials kept in `<dataDir>/pki`, made where they are missing, about to end, or not for these host
 * names and addresses. Files are readable by their owner only.
 */
export function loadCredentials(dataDir: string, hosts: readonly string[], nowMs: number): Credentials {
  const folder = join(dataDir, 'pki')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const read = (name: string): string | undefined => {
    try {
      return readFileSync(join(folder, name), 'utf8')
    } catch {
      return undefined
    }
  }
  const keep = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 })
    return content
  }
  const adminToken = read('admin.token') ?? keep('admin.token', randomBytes(24).toString('base64url'))
  const secret = read('token.key') ?? keep('token.key', randomBytes(32).toString('base64url'))
  let [caPem, caKeyPem] = [read('ca.crt'), read('ca.key')]
  let [certPem, keyPem] = [read('apiserver.crt'), read('apiserver.key')]
  const caFine = caPem !== undefined && caKeyPem !== undefined && isFine(caPem, [], nowMs)
  if (!caFine || !certPem || !keyPem || !isFine(certPem, hosts, nowMs)) {
    if (!caFine) {
      const authority = issueAuthority(nowMs, lifetimeMs)
      caPem = keep('ca.crt', authority.certPem)
      caKeyPem = keep('ca.key', authority.keyPem)
    }
    const leaf = issueServerCertificate({ certPem: caPem!, keyPem: caKeyPem! }, hosts, nowMs, lifetimeMs)
    certPem = keep('apiserver.crt', leaf.certPem)
    keyPem = keep('apiserver.key', leaf.keyPem)
  }
  return { caPem: caPem!, certPem, keyPem, adminToken, tokenSecret: Buffer.from(secret, 'base64url') }
}

function isFine(pem: string, hosts: readonly string[], nowMs: number): boolean {
  const certificate = new X509Certificate(pem)
  if (Date.parse(certificate.validTo) - renewBeforeMs < nowMs) return false
  return hosts.every(
    (host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined,
  )
}
