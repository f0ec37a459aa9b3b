import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { systemClock } from '@knative-ts/clock'
import { ManualClock } from '@knative-ts/clock/testing'
import { testCertificate } from '@knative-ts/http-proxy/testing'
import { neverAccepting } from '../testing/never-accepting.ts'
import type { ProbeAction } from './probe-spec.ts'
import { probeTry } from './probe-try.ts'

const limitMs = 5_000

async function listening<T extends NetServer>(server: T): Promise<{ port: number } & AsyncDisposable> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      ;(server as unknown as Partial<Server>).closeAllConnections?.()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function httpGet(port: number, more: { target?: string; headers?: readonly string[] } = {}): ProbeAction {
  return { kind: 'httpGet', scheme: 'HTTP', host: '127.0.0.1', port, target: '/', headers: [], ...more }
}

const serve = (listener: RequestListener) => listening(createServer(listener))

/** Has `action` fail with `message` when its 100 ms are over, and not before. @param asked resolves when the container was reached */
async function expectLimit(action: ProbeAction, asked: Promise<void>, message: string): Promise<void> {
  const clock = new ManualClock()
  let failure: string | undefined
  const failed = probeTry(clock, false)(action, 100).catch((error: Error) => {
    failure = error.message
  })
  await asked
  await clock.advance(99)
  expect(failure).toBeUndefined()
  await clock.advance(1)
  await failed
  expect(failure).toBe(message)
  expect(clock.pendingTimers).toBe(0)
}

describe('probes of the user container', () => {
  test.each([
    [200, true],
    [204, true],
    [399, true],
    [400, false],
    [404, false],
    [500, false],
    [503, false],
  ])('httpGet answered %i', async (status, passes) => {
    await using server = await serve((_request, response) => response.writeHead(status).end())
    const tried = probeTry(systemClock, false)(httpGet(server.port), limitMs)
    if (passes) await tried
    else await expect(tried).rejects.toThrow(`got status code: ${status}`)
  })

  test('httpGet sends the path, query, headers and User-Agent of a kubelet', async () => {
    const seen: unknown[] = []
    await using server = await serve((request, response) => {
      seen.push(request.url, request.headers, request.httpVersion)
      response.end()
    })
    const action = httpGet(server.port, { target: '/q?probe=ok', headers: ['X-A', '1', 'Host', 'app'] })
    await probeTry(systemClock, false)(action, limitMs)
    expect(seen).toEqual([
      '/q?probe=ok',
      { 'x-a': '1', host: 'app', 'user-agent': 'kube-probe//', accept: '*/*', connection: 'close' },
      '1.1',
    ])
  })

  test('httpGet follows redirects, but not for ever', async () => {
    await using server = await serve((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/there' }).end()
      else if (request.url === '/there') response.writeHead(200).end()
      else response.writeHead(307, { location: '/loop' }).end()
    })
    await probeTry(systemClock, false)(httpGet(server.port), limitMs)
    const loop = probeTry(systemClock, false)(httpGet(server.port, { target: '/loop' }), limitMs)
    await expect(loop).rejects.toThrow('stopped after 10 redirects')
  })

  test('httpGet of a container that does not answer in time fails', async () => {
    const asked = Promise.withResolvers<void>()
    await using server = await serve(() => asked.resolve())
    await expectLimit(httpGet(server.port), asked.promise, 'context deadline exceeded')
  })

  test('grpc of a container that does not answer in time fails', async () => {
    const asked = Promise.withResolvers<void>()
    await using server = await listening(createHttp2Server().on('stream', () => asked.resolve()))
    const action: ProbeAction = { kind: 'grpc', port: server.port, service: '' }
    await expectLimit(action, asked.promise, 'context deadline exceeded')
  })

  test('tcpSocket of a container that does not accept in time fails', async () => {
    await using server = await neverAccepting()
    const { port } = server
    const action: ProbeAction = { kind: 'tcpSocket', host: '127.0.0.1', port }
    await expectLimit(action, Promise.resolve(), `dial tcp 127.0.0.1:${port}: i/o timeout`)
  })

  test('httpGet of nobody fails', async () => {
    const server = await serve(() => {})
    await server[Symbol.asyncDispose]()
    await expect(probeTry(systemClock, false)(httpGet(server.port), limitMs)).rejects.toThrow(
      'connection refused',
    )
  })

  test('auto-detection probes an h2c container by HTTP/2, any other by HTTP/1.1', async () => {
    const versions: string[] = []
    const h2c = createHttp2Server((request, response) => {
      versions.push(`${request.httpVersion} ${request.headers['x-a'] ?? '-'}`)
      response.end()
    })
    await using server = await listening(h2c)
    const action = { headers: ['X-A', 'custom'] }
    await probeTry(systemClock, true)(httpGet(server.port, action), limitMs)
    expect(versions).toEqual(['2.0 -', '2.0 custom'])
    await expect(probeTry(systemClock, false)(httpGet(server.port, action), limitMs)).rejects.toThrow()
    const old: string[] = []
    await using http1 = await serve((request, response) => {
      old.push(`${request.method} ${request.url}`)
      response.writeHead(404).end()
    })
    const tried = probeTry(systemClock, true)(httpGet(http1.port, { target: '/ready' }), limitMs)
    await expect(tried).rejects.toThrow('got status code: 404')
    expect(old).toEqual(['GET /ready'])
  })

  test('a header for one hop is left out where HTTP/2 has none', async () => {
    const seen: string[] = []
    const h2c = createHttp2Server((request, response) => {
      seen.push(`${request.headers['x-a'] ?? '-'} ${request.headers['connection'] ?? '-'}`)
      response.end()
    })
    await using server = await listening(h2c)
    const action = { headers: ['Connection', 'keep-alive', 'Keep-Alive', '5', 'X-A', 'custom'] }
    await probeTry(systemClock, true)(httpGet(server.port, action), limitMs)
    expect(seen).toEqual(['- -', 'custom -'])
  })

  test('httpGet over TLS takes any certificate, as a kubelet does', async () => {
    await using server = await listening(createSecureServer(testCertificate, (_, response) => response.end()))
    await probeTry(systemClock, false)({ ...httpGet(server.port), scheme: 'HTTPS' } as ProbeAction, limitMs)
  })

  test('tcpSocket passes when somebody listens', async () => {
    const server = await serve(() => {})
    const action: ProbeAction = { kind: 'tcpSocket', host: '127.0.0.1', port: server.port }
    await probeTry(systemClock, false)(action, limitMs)
    await server[Symbol.asyncDispose]()
    await expect(probeTry(systemClock, false)(action, limitMs)).rejects.toThrow('connection refused')
  })

  test.each([
    ['', 1, undefined],
    ['my.Service', 1, undefined],
    ['', 2, 'NOT_SERVING'],
    ['', 0, 'UNKNOWN'],
  ])('grpc service %j with status %i', async (service, status, failure) => {
    let asked = ''
    const server = createHttp2Server()
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      asked = String(headers[':path'])
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        asked += ` ${Buffer.concat(chunks).subarray(7).toString()}`
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
        const message = status === 0 ? [] : [0x08, status]
        stream.end(Buffer.from([0, 0, 0, 0, message.length, ...message]))
      })
    })
    await using listener = await listening(server)
    const tried = probeTry(systemClock, false)({ kind: 'grpc', port: listener.port, service }, limitMs)
    if (failure) await expect(tried).rejects.toThrow(failure)
    else await tried
    expect(asked).toBe(`/grpc.health.v1.Health/Check ${service}`)
  })

  test('grpc without the health service fails with its status', async () => {
    const server = createHttp2Server()
    server.on('stream', (stream: ServerHttp2Stream) =>
      stream.respond(
        { ':status': 200, 'grpc-status': '12', 'grpc-message': 'unknown service' },
        { endStream: true },
      ),
    )
    await using listener = await listening(server)
    const tried = probeTry(systemClock, false)({ kind: 'grpc', port: listener.port, service: '' }, limitMs)
    await expect(tried).rejects.toThrow('gRPC status 12: unknown service')
  })

  test('what we cannot run fails with its reason', async () => {
    const tried = probeTry(systemClock, false)({ kind: 'impossible', reason: 'no probe found' }, limitMs)
    await expect(tried).rejects.toThrow('no probe found')
  })
})
