import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:tls'
import { expect, test } from '@jest/globals'
import { signCertificate } from './sign-certificate.ts'

const hourMs = 3_600_000
const nowMs = Date.UTC(2026, 0, 1)
const authorityName = { organization: 'example', commonName: 'authority' }
const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const server = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const signed = (hosts: readonly string[], fromMs: number, toMs: number, isCA = false) =>
  signCertificate({
    subject: isCA ? authorityName : { organization: 'example', commonName: 'server' },
    issuer: authorityName,
    hosts,
    notBeforeMs: fromMs,
    notAfterMs: toMs,
    isCA,
    publicKey: isCA ? authority.publicKey : server.publicKey,
    issuerPublicKey: authority.publicKey,
    issuerPrivateKey: authority.privateKey,
  })

test('names and addresses of both families become alternative names', () => {
  const certificate = new X509Certificate(
    signed(['localhost', '127.0.0.1', '::1', '2001:db8::2:0:1'], nowMs, nowMs + hourMs),
  )
  expect(certificate.subjectAltName).toBe(
    'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:2:0:1',
  )
})

test('subject, issuer, key and dates are those asked for, past 2049 as well', () => {
  const untilMs = Date.UTC(2051, 5, 1)
  const certificate = new X509Certificate(signed(['a'], nowMs, untilMs))
  expect(certificate.subject).toBe('O=example\nCN=server')
  expect(certificate.issuer).toBe('O=example\nCN=authority')
  expect(certificate.verify(authority.publicKey)).toBe(true)
  expect(certificate.publicKey.equals(server.publicKey)).toBe(true)
  expect([Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]).toEqual([nowMs, untilMs])
})

test('a TLS client that trusts the authority accepts the server, and no other name for it', async () => {
  const [fromMs, toMs] = [nowMs, Date.UTC(2099, 0, 1)]
  const ca = signed([], fromMs, toMs, true)
  expect(createPublicKey(ca).equals(authority.publicKey)).toBe(true)
  const key = server.privateKey.export({ type: 'pkcs8', format: 'pem' })
  const listener = createServer({ key, cert: signed(['here.example'], fromMs, toMs) }, (socket) =>
    socket.end(),
  )
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as { port: number }
  const dial = (servername: string) => connect({ host: '127.0.0.1', port, ca, servername })
  try {
    const accepted = dial('here.example')
    await once(accepted, 'secureConnect')
    expect(accepted.authorized).toBe(true)
    accepted.destroy()
    const refused = dial('there.example')
    const [error] = await once(refused, 'error')
    expect(error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  } finally {
    listener.close()
  }
})
