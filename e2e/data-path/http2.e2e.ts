import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { connectSuite } from '../harness/suite.ts'
import { Http2Client } from './http2-client.ts'

const { workspace, gateway } = await connectSuite()

const h2c = { ports: [{ name: 'h2c', containerPort: 8080 }] }

describe.each([
  ['directly', '0'],
  ['through the activator', '-1'],
])('HTTP/2 from end to end, %s', (_, burst) => {
  const serve = () =>
    workspace.serve({
      image: 'bodies',
      env: { H2C: '1' },
      container: h2c,
      annotations: {
        'autoscaling.knative.dev/target-burst-capacity': burst,
        'autoscaling.knative.dev/min-scale': '1',
      },
    })

  test('trailers of requests and answers arrive', async () => {
    const service = await serve()
    using client = new Http2Client(gateway.origin, service.status?.url ?? '')
    const { body, trailers } = await client.request('/trailers')
    expect(body).toBe('one two')
    expect(trailers).toMatchObject({ 'x-checksum': 'abc', 'x-parts': '2' })
    const asked = await client.request('/digest', { body: Buffer.from('text'), trailers: { 'x-sum': '4' } })
    expect(JSON.parse(asked.body)).toMatchObject({ size: 4, trailers: { 'x-sum': '4' } })
  })

  test('many requests share a connection, with bodies larger than a window', async () => {
    const service = await serve()
    using client = new Http2Client(gateway.origin, service.status?.url ?? '')
    const body = randomBytes(3 << 20)
    const sha256 = createHash('sha256').update(body).digest('hex')
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.request('/digest', { body })))
    expect(answers.map((answer) => JSON.parse(answer.body).sha256)).toEqual(Array(10).fill(sha256))
    const downloads = await Promise.all(
      Array.from({ length: 10 }, () => client.request(`/bytes?n=${3 << 20}`)),
    )
    expect(downloads.map((answer) => answer.body.length)).toEqual(Array(10).fill(3 << 20))
  })
})

describe('HTTP/2 to the gateway', () => {
  test('reaches a container that speaks HTTP/1.1', async () => {
    const service = await workspace.serve({ image: 'runtime' })
    using client = new Http2Client(gateway.origin, service.status?.url ?? '')
    const { status, body } = await client.request('/a?b=c')
    expect(status).toBe(200)
    expect(JSON.parse(body).request).toMatchObject({ path: '/a?b=c', protocol: 'HTTP/1.1' })
  })
})
