import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { httpProbe, judge } from './http-probe.ts'

describe('judge', () => {
  const rows: [number, string | undefined, 'success' | 'retry', boolean][] = [
    [200, 'good', 'success', false],
    [200, 'other', 'retry', false],
    [200, undefined, 'success', true],
    [404, undefined, 'retry', false],
    [503, 'good', 'retry', false],
    [301, undefined, 'success', true],
    [401, undefined, 'success', true],
    [403, undefined, 'success', true],
    [500, 'good', 'success', true],
  ]
  test.each(rows)('status %s with hash %s is %s', (status, hash, verdict, givesUp) => {
    const judged = judge(status, hash, 'good')
    expect(judged.verdict).toBe(verdict)
    expect(judged.giveUp !== undefined).toBe(givesUp)
  })
})

describe('httpProbe', () => {
  let server: Server
  let port: number
  const seen: Record<string, unknown>[] = []

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push({ method: request.method, url: request.url, ...request.headers })
      response.setHeader('K-Network-Hash', 'good').end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })

  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

  const live = new AbortController().signal
  const probe = httpProbe(() => {})

  test('asks as ingress probers do', async () => {
    expect(await probe({ scheme: 'http', host: 'h.test', port }, '127.0.0.1', 'good', live)).toBe('success')
    expect(seen).toMatchObject([
      {
        method: 'GET',
        url: '/healthz',
        host: 'h.test',
        connection: 'close',
        'user-agent': 'Knative-Ingress-Probe',
        'k-network-probe': 'probe',
        'k-network-hash': 'override',
      },
    ])
  })

  test('tries again when nobody answers, or something that is not TLS does', async () => {
    expect(await probe({ scheme: 'http', host: 'h', port: 1 }, '127.0.0.1', 'good', live)).toBe('retry')
    expect(await probe({ scheme: 'https', host: 'h', port }, '127.0.0.1', 'good', live)).toBe('retry')
    expect(await probe({ scheme: 'http', host: 'h', port }, '127.0.0.1', 'good', AbortSignal.abort())).toBe(
      'retry',
    )
  })
})
