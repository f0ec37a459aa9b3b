import { createHash, randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Service } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { connectSuite } from '../harness/suite.ts'

const { workspace, gateway } = await connectSuite()

const mebibyte = 1 << 20

describe.each([
  ['directly', '0'],
  ['through the activator', '-1'],
])('%s', (_, burst) => {
  let service: Service

  beforeAll(async () => {
    service = await workspace.serve({
      image: 'bodies',
      annotations: {
        'autoscaling.knative.dev/target-burst-capacity': burst,
        'autoscaling.knative.dev/min-scale': '1',
      },
    })
  })

  test('a large upload arrives as it is, with its length or in chunks', async () => {
    const body = randomBytes(20 * mebibyte)
    const digest = { size: body.length, sha256: createHash('sha256').update(body).digest('hex') }
    const sized = await workspace.request(service, '/digest', { method: 'POST', body })
    expect(JSON.parse(sized.body)).toMatchObject(digest)
    const pieces = Array.from({ length: 20 }, (__, i) => body.subarray(i * mebibyte, (i + 1) * mebibyte))
    const chunked = await workspace.request(service, '/digest', {
      method: 'POST',
      body: Readable.from(pieces),
    })
    expect(JSON.parse(chunked.body)).toMatchObject({ ...digest, chunked: true })
  })

  test('a large download arrives whole, with its length or in chunks', async () => {
    for (const query of ['', '&chunked']) {
      const { body, headers } = await workspace.get(service, `/bytes?n=${50 * mebibyte}${query}`)
      expect(body.length).toBe(50 * mebibyte)
      expect(headers['content-length']).toBe(query === '' ? String(50 * mebibyte) : undefined)
    }
  })

  test('request and response bodies can be under way at the same time', async () => {
    const answers = await new Promise<string[]>((resolve, reject) => {
      const { hostname } = new URL(service.status?.url ?? '')
      const asking = request(`${gateway.origin}/echo`, { method: 'POST', headers: { host: hostname } })
      const heard: string[] = []
      asking.once('error', reject)
      asking.once('response', (response) => {
        response.setEncoding('utf8')
        response.on('data', (text: string) => {
          heard.push(text)
          if (heard.length === 3) asking.end()
          else asking.write(`part ${heard.length}`)
        })
        response.once('end', () => resolve(heard))
      })
      asking.write('part 0')
    })
    expect(answers).toEqual(['part 0', 'part 1', 'part 2'])
  })

  test('events arrive one by one as they are sent', async () => {
    const arrivals: number[] = []
    const { hostname } = new URL(service.status?.url ?? '')
    await new Promise<void>((resolve, reject) => {
      request(`${gateway.origin}/events?n=4&every=400`, { headers: { host: hostname } }, (response) => {
        response.on('data', () => arrivals.push(systemClock.monotonic()))
        response.once('end', resolve)
      })
        .once('error', reject)
        .end()
    })
    expect(arrivals).toHaveLength(4)
    expect((arrivals[3] ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(800)
  })

  test('a body with trailers arrives with them', async () => {
    const { body, trailers } = await workspace.get(service, '/trailers')
    expect({ body, trailers }).toEqual({ body: 'one two', trailers: { 'x-checksum': 'abc', 'x-parts': '2' } })
  })

  test('every status is passed on, with and without a body', async () => {
    for (const status of [200, 204, 206, 301, 304, 400, 404, 418, 429, 500, 503, 504]) {
      expect((await workspace.get(service, `/status/${status}`)).status).toBe(status)
    }
  })

  test('an answer that breaks off is not passed on as complete', async () => {
    await expect(workspace.get(service, '/abort')).rejects.toThrow()
  })

  test('an upload of nothing has no body', async () => {
    const { body } = await workspace.request(service, '/digest', { method: 'POST', body: '' })
    expect(JSON.parse(body)).toMatchObject({ size: 0 })
  })
})
