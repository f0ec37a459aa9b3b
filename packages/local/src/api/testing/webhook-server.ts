import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { issueAuthority, issueServerCertificate } from '../auth/certificates.ts'
import { asRecord, type JsonRecord } from '../meta/kube-object.ts'

/** An admission webhook on a port of its own, under a certificate for `<service>.<namespace>.svc`. */
export interface WebhookServer {
  readonly port: number
  /** For `clientConfig.caBundle`. */
  readonly caBundle: string
  /** What was asked, in order. */
  readonly requests: JsonRecord[]
  close(): Promise<void>
}

const yearMs = 365 * 86_400_000

/** Starts a webhook that answers each request as `respond` says. */
export async function startWebhookServer(
  hostName: string,
  respond: (request: JsonRecord) => JsonRecord,
): Promise<WebhookServer> {
  const authority = issueAuthority(Date.now(), yearMs)
  const { certPem, keyPem } = issueServerCertificate(authority, [hostName], Date.now(), yearMs)
  const requests: JsonRecord[] = []
  const server = createServer({ cert: certPem, key: keyPem }, (incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const review = asRecord(JSON.parse(Buffer.concat(chunks).toString('utf8')))
      const request = asRecord(review['request'])
      requests.push(request)
      const answer = { ...review, request: undefined, response: { uid: request['uid'], ...respond(request) } }
      response.end(JSON.stringify(answer))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    caBundle: Buffer.from(authority.certPem).toString('base64'),
    requests,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
