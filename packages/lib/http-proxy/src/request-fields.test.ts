import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { request } from 'node:https'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { logRequest } from './request-log.ts'
import { testCertificate, testServer } from './testing/index.ts'

/** A server over TLS, and the state of the connection that its first request is logged with. */
async function serving() {
  const { promise: logged, resolve } = Promise.withResolvers<unknown>()
  const clock = new ManualClock()
  const server = await testServer({
    tls: testCertificate,
    handler(exchange) {
      const render = ({ Request }: Readonly<Record<string, unknown>>) => {
        resolve((Request as { TLS: unknown }).TLS)
        return ''
      }
      logRequest(exchange, { render, revision: {}, traceID: '', clock, write: () => {} })
      exchange.answer(200, [])
    },
  })
  return { ...server, logged }
}

describe('the state of TLS', () => {
  const state = { HandshakeComplete: true, DidResume: false, NegotiatedProtocolIsMutual: true }
  test.each([
    ['TLSv1.3' as const, 'http/1.1', 0x0304],
    ['TLSv1.2' as const, 'http/1.1', 0x0303],
    ['TLSv1.3' as const, 'h2', 0x0304],
  ])('of a request by %s and %s', async (maxVersion, protocol, version) => {
    await using world = await serving()
    const options = {
      ca: testCertificate.cert,
      servername: 'localhost',
      checkServerIdentity: () => undefined,
    }
    if (protocol === 'h2') {
      const session = connectHttp2(`https://127.0.0.1:${world.port}`, { ...options, maxVersion })
      await once(session.request({ ':path': '/' }).resume(), 'close')
      session.destroy()
    } else {
      const more = { ALPNProtocols: [protocol], agent: false as const, maxVersion }
      const call = request({ host: '127.0.0.1', port: world.port, ...options, ...more }).end()
      const [response] = await once(call, 'response')
      await once(response.resume(), 'close')
    }
    expect(await world.logged).toEqual({
      ...state,
      Version: version,
      NegotiatedProtocol: protocol,
      ServerName: 'localhost',
    })
  })
})
