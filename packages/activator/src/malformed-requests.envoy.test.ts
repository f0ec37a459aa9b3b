import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  malformedRequests,
  RawClient,
  smuggledRequest,
  type TestEnvoy,
  testEnvoy,
} from '@knative-ts/http-proxy/testing'
import { type DataPath, dataPath } from './testing/data-path.ts'
import { type StrictContainer, strictContainer } from './testing/strict-container.ts'

/** Makes Envoy close the connection, even when it takes the first of them for part of the request before. */
const last = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'.repeat(2)

let container: StrictContainer
let path: DataPath
let envoy: TestEnvoy | undefined

/** Well-formed, and yet a body that wants to be taken for a request: its length is said to concern one hop only. */
const disguised = `POST /whole HTTP/1.1\r\nHost: a\r\nConnection: Content-Length\r\nContent-Length: ${smuggledRequest.length}\r\n\r\n${smuggledRequest}`

beforeAll(async () => {
  container = await strictContainer()
  path = await dataPath(container.port)
  envoy = await testEnvoy({ host: path.host, port: path.port, headers: path.headers })
})

afterAll(async () => {
  await envoy?.[Symbol.asyncDispose]()
  await path?.[Symbol.asyncDispose]()
  await container?.[Symbol.asyncDispose]()
})

beforeEach(() => {
  container.requests.length = 0
  container.ambiguous.length = 0
})

/** Routes a request to the revision, if its first line is one. */
function routed(bytes: string): string {
  const lines = Object.entries(path.headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return bytes.replace(/^[A-Z]+ \S+ HTTP\/1\.\d\r\n(?! )/, (first) => first + lines.join(''))
}

describe('activator and queue-proxy', () => {
  test('let through what is well-formed', async () => {
    using client = new RawClient(path.port, path.host)
    client.send(routed('POST /whole HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx'))
    await client.until('200 OK')
    expect(container).toMatchObject({ requests: ['POST /whole'], ambiguous: [] })
  })

  test('take a body for a body, whatever Connection says of its length', async () => {
    using client = new RawClient(path.port, path.host)
    client.send(routed(disguised) + routed(last))
    expect((await client.untilEnd()).match(/^HTTP\/1\.1 200 /gm)).toHaveLength(2)
    expect(container).toMatchObject({ requests: ['POST /whole', 'GET /last'], ambiguous: [] })
  })

  test.each(malformedRequests)('refuse $name: $status', async ({ bytes, status }) => {
    using client = new RawClient(path.port, path.host)
    client.send(routed(bytes) + routed(smuggledRequest))
    const text = await client.untilEnd()
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(text.match(/^HTTP\/1\.1 /gm)).toHaveLength(1)
    expect(container).toMatchObject({ requests: [], ambiguous: [] })
  })
})

describe('Envoy, activator and queue-proxy in a row', () => {
  test('let through what is well-formed', async () => {
    using client = new RawClient(envoy!.port)
    client.send(`POST /whole HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx${last}`)
    expect((await client.untilEnd()).match(/^HTTP\/1\.1 200 /gm)).toHaveLength(2)
    expect(container).toMatchObject({ requests: ['POST /whole', 'GET /last'], ambiguous: [] })
  })

  test('take a body for a body, whatever Connection says of its length', async () => {
    using client = new RawClient(envoy!.port)
    client.send(disguised + last)
    expect((await client.untilEnd()).match(/^HTTP\/1\.1 200 /gm)).toHaveLength(2)
    expect(container).toMatchObject({ requests: ['POST /whole', 'GET /last'], ambiguous: [] })
  })

  test.each(malformedRequests)('agree on $name', async ({ bytes }) => {
    using client = new RawClient(envoy!.port)
    client.send(bytes + smuggledRequest + last)
    const text = await client.untilEnd()
    const [first, ...others] = [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status)
    expect(container.ambiguous).toEqual([])
    // Some of them Envoy mends, or passes on for us to refuse; then what follows is no part of them for anybody.
    const later = others.length === 0 ? [] : ['GET /smuggled', 'GET /last']
    expect(container.requests.slice(first === '200' ? 1 : 0)).toEqual(later)
    expect(others).toEqual(later.map(() => '200'))
  })
})
