import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { Stat } from '@knative-ts/stats'
import { autoscalerErrorCodes } from '../errors.ts'
import { HttpStatSource } from './stat-client.ts'

const statBytes = Buffer.from(
  '0a0768656c6c6f2d3111000000000000044019000000000000f03f210000000000001440290000000000000040310000000000804e40',
  'hex',
)

let server: Server
let port: number
let source: HttpStatSource
let clock: ManualClock
let answer: (response: ServerResponse) => void
let requests: { url: string | undefined; headers: IncomingHttpHeaders }[]
let connections: number

beforeEach(async () => {
  requests = []
  connections = 0
  answer = (response) => response.writeHead(200, { 'content-type': 'application/protobuf' }).end(statBytes)
  server = createServer((request, response) => {
    requests.push({ url: request.url, headers: request.headers })
    answer(response)
  })
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
  clock = new ManualClock()
  source = new HttpStatSource(clock, port)
})

afterEach(async () => {
  await source.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const fetch = () => source.fetch('127.0.0.1', { keepAlive: true })

describe('fetching a stat', () => {
  test('decodes what a queue-proxy answers', async () => {
    expect(await fetch()).toMatchObject({
      podName: 'hello-1',
      averageConcurrentRequests: 2.5,
      processUptime: 61,
    })
    expect(requests).toEqual([
      { url: '/metrics', headers: expect.objectContaining({ accept: 'application/protobuf' }) },
    ])
    expect(clock.pendingTimers).toBe(0)
  })

  test('keeps connections only where asked to', async () => {
    await fetch()
    await clock.settle()
    await fetch()
    await clock.settle()
    expect(connections).toBe(1)
    await source.fetch('127.0.0.1', { keepAlive: false })
    await clock.settle()
    await source.fetch('127.0.0.1', { keepAlive: false })
    expect(connections).toBe(2)
  })

  test('names the Service to a mesh', async () => {
    await source.fetch('127.0.0.1', { keepAlive: true, meshHost: 'hello-private.default' })
    expect(requests[0]?.headers).toMatchObject({ host: 'hello-private.default', 'knative-direct-lb': 'true' })
  })

  test.each([
    [404, autoscalerErrorCodes.scrapeFailed],
    [302, autoscalerErrorCodes.scrapeFailed],
    [502, autoscalerErrorCodes.scrapeMesh],
    [503, autoscalerErrorCodes.scrapeMesh],
  ])('status %d is an error', async (status, code) => {
    answer = (response) => response.writeHead(status).end()
    await expect(fetch()).rejects.toMatchObject({
      code,
      message: `GET request for URL "http://127.0.0.1:${port}/metrics" returned HTTP status ${status}`,
    })
  })

  test.each(['text/plain', 'application/protobuf; charset=utf-8'])(
    'content type %s is an error',
    async (type) => {
      answer = (response) => response.writeHead(200, { 'content-type': type }).end(statBytes)
      await expect(fetch()).rejects.toThrow('unsupported metric type')
    },
  )

  test('a body that is no stat is an error', async () => {
    answer = (response) =>
      response.writeHead(200, { 'content-type': 'application/protobuf' }).end(Buffer.alloc(4000, 0xff))
    await expect(fetch()).rejects.toMatchObject({ code: autoscalerErrorCodes.scrapeFailed })
  })

  test.each([
    [336, 'is whole'],
    [337, 'is cut off'],
  ])('a stat of %d bytes %s', async (bytes, outcome) => {
    const stat = Stat.decode(statBytes)
    const encoded = (podName: string) => Buffer.from(Stat.encode({ ...stat, podName }).finish())
    const podName = 'x'.repeat(bytes - encoded('').length - 3)
    const body = encoded(podName)
    expect(body).toHaveLength(bytes)
    answer = (response) => response.writeHead(200, { 'content-type': 'application/protobuf' }).end(body)
    if (outcome === 'is whole') expect(await fetch()).toEqual({ ...stat, podName })
    else await expect(fetch()).rejects.toMatchObject({ code: autoscalerErrorCodes.scrapeFailed })
  })

  test('no answer within 3 s is an error', async () => {
    const asked = Promise.withResolvers<void>()
    answer = () => asked.resolve()
    const failed = expect(fetch()).rejects.toThrow('took longer than 3 s')
    await asked.promise
    await clock.advance(3000)
    await failed
  })
})
