import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { ClientHttp2Session } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { describe, expect, test } from '@jest/globals'
import { RawClient, testCertificate } from '@knative-ts/http-proxy/testing'
import { bothProtocols as world } from './testing/both-protocols.ts'

async function http2Body(session: ClientHttp2Session): Promise<string> {
  const stream = session.request({ ':path': '/' }).setEncoding('utf8')
  let body = ''
  for await (const text of stream) body += text
  return body
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

describe('the protocol of a request decides how the container is spoken to', () => {
  test('on the one port, in the clear', async () => {
    await using w = await world()
    using client = new RawClient(w.queueProxy.servingPort)
    client.send(get)
    await client.until('\r\n\r\nHTTP/1')
    expect(await http2Body(w.http2())).toBe('HTTP/2')
  })

  test('under TLS, while the other ports stay in the clear', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'certificate-'))
    await writeFile(join(folder, 'tls.crt'), testCertificate.cert)
    await writeFile(join(folder, 'tls.key'), testCertificate.key)
    await using w = await world(undefined, { certificateFolder: folder })
    const tls = (ALPNProtocols?: string[]) =>
      connectTls({
        port: w.queueProxy.tlsPort!,
        host: '127.0.0.1',
        ca: testCertificate.cert,
        servername: 'data-plane.knative.dev',
        ...(ALPNProtocols && { ALPNProtocols }),
      })
    expect(await http2Body(w.http2(tls(['h2'])))).toBe('HTTP/2')
    expect(await http2Body(w.http2(tls()))).toBe('HTTP/2')
    const http1 = tls(['http/1.1'])
    http1.write(get)
    expect(String((await once(http1, 'data'))[0])).toMatch(/\r\n\r\nHTTP\/1$/)
    http1.destroy()
    for (const [port, path, part] of [
      [w.queueProxy.servingPort, '/', '\r\n\r\nHTTP/1'],
      [w.queueProxy.statsPort, '/metrics', 'application/protobuf'],
      [w.queueProxy.adminPort, '/elsewhere', '404 page not found\n'],
    ] as const) {
      using client = new RawClient(port)
      client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
      await client.until(part)
    }
    await rm(folder, { recursive: true })
  })
})

describe('gRPC', () => {
  const call = {
    ':method': 'POST',
    ':path': '/ping.PingService/Ping',
    'content-type': 'application/grpc',
    te: 'trailers',
  }

  test('a unary call has its status in the trailers', async () => {
    await using w = await world((exchange) =>
      exchange.readBody({
        bodyChunk: (chunk) => {
          exchange.start(200, '', ['content-type', 'application/grpc'], false)
          exchange.write(Buffer.from(chunk))
          return true
        },
        bodyEnd: () => exchange.end(['grpc-status', '0', 'grpc-message', 'fine']),
      }),
    )
    const stream = w.http2().request(call).setEncoding('latin1')
    const trailers = once(stream, 'trailers')
    stream.end('\0\0\0\0\x04ping')
    let body = ''
    for await (const text of stream) body += text
    expect(body).toBe('\0\0\0\0\x04ping')
    expect((await trailers)[0]).toMatchObject({ 'grpc-status': '0', 'grpc-message': 'fine' })
    expect(w.seen[0]!.headers).toEqual(expect.arrayContaining(['te', 'trailers']))
  })

  test('a failed call may be trailers alone', async () => {
    await using w = await world((exchange) =>
      exchange.start(200, '', ['grpc-status', '12', 'grpc-message', 'unknown'], true),
    )
    const stream = w.http2().request(call)
    stream.end()
    const [headers, flags] = (await once(stream, 'response')) as [Record<string, unknown>, number]
    expect([headers['grpc-status'], headers['grpc-message'], flags & 1]).toEqual(['12', 'unknown', 1])
  })

  test('streams run both ways at once and end cleanly', async () => {
    await using w = await world((exchange) => {
      exchange.start(200, '', ['content-type', 'application/grpc'], false)
      exchange.readBody({
        bodyChunk: (chunk) => exchange.write(Buffer.from(chunk)),
        bodyEnd: () => exchange.end(['grpc-status', '0']),
      })
    })
    const stream = w.http2().request(call).setEncoding('utf8')
    const trailers = once(stream, 'trailers')
    for (const message of ['one', 'two', 'three']) {
      stream.write(message)
      expect((await once(stream, 'data'))[0]).toBe(message)
    }
    stream.end()
    expect((await trailers)[0]).toMatchObject({ 'grpc-status': '0' })
    await once(stream, 'close')
    expect(stream.rstCode).toBe(0)
  })
})

describe('headers that are none of our business', () => {
  const kept = [
    ...['K-Network-Hash', 'abc', 'K-Proxy-Request', 'activator', 'Knative-Serving-Tag', 'blue'],
    ...['Knative-Serving-Default-Route', 'true', 'X-Request-Id', '42', 'X-Forwarded-Proto', 'https'],
    ...['traceparent', '00-1-2-01', 'tracestate', 'a=b', 'baggage', 'c=d', 'X-B3-TraceId', '1', 'b3', '0'],
    ...['Accept-Encoding', 'br', 'X-Mine', '1', 'x-mine', '2'],
  ]

  test('reach the container as they are, with the Host of the client and nothing invented', async () => {
    await using w = await world()
    using client = new RawClient(w.queueProxy.servingPort)
    const lines = kept.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('')
    client.send(`GET / HTTP/1.1\r\nHost: hello.example.com\r\n${lines}\r\n`)
    await client.until('HTTP/1')
    expect(w.seen[0]!.headers).toEqual([
      ...['Host', 'hello.example.com', ...kept],
      ...['X-Forwarded-For', '127.0.0.1', 'Forwarded', 'proto=https'],
    ])
  })

  test('so they do over HTTP/2', async () => {
    await using w = await world()
    const lower = kept.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text))
    const stream = w.http2().request([':path', '/', ':authority', 'hello.example.com', ...lower])
    await once(stream.resume(), 'close')
    expect(w.seen[0]!.host).toBe('hello.example.com')
    expect(w.seen[0]!.headers).toEqual([
      ...lower,
      ...['x-forwarded-for', '127.0.0.1', 'forwarded', 'proto=https'],
    ])
  })
})
