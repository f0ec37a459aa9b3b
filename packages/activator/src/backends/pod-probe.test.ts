import { describe, expect, test } from '@jest/globals'
import { systemClock } from '@knative-ts/clock'
import { ManualClock } from '@knative-ts/clock/testing'
import { Upstreams } from '@knative-ts/http-proxy'
import { type RawServer, rawServer } from '@knative-ts/http-proxy/testing'
import { podProbe } from './pod-probe.ts'
import type { ProbeAnswer } from './probe-answer.ts'

/** A pod that answers each probe with these bytes, and what it was sent. */
async function podThatSays(answer: string): Promise<{ server: RawServer; heard: string[] }> {
  const heard: string[] = []
  const server = await rawServer((socket) => {
    socket.on('data', (bytes) => {
      heard.push(bytes.toString('latin1'))
      socket.write(answer)
    })
  })
  return { server, heard }
}

const saying = (status: string, body: string) =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`

async function probed(answer: string, meshHost?: string) {
  const { server, heard } = await podThatSays(answer)
  await using _server = server
  const upstreams = new Upstreams({ clock: systemClock, maxIdle: 0, maxIdlePerDestination: 0 })
  const destination = upstreams.to('127.0.0.1', server.port)
  const probe = podProbe({ clock: systemClock, timeoutMs: 5000, connectionsTo: () => destination, meshHost })
  const found = await probe('pod', new AbortController().signal)
  destination.close()
  upstreams.stop()
  return { found, heard, port: server.port }
}

/** The lines of a request's head, those of its headers in lower case up to the colon, sorted. */
function linesOf(request: string): string[] {
  const [first = '', ...headers] = request.slice(0, request.indexOf('\r\n\r\n')).split('\r\n')
  return [first, ...headers.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase())).sort()]
}

describe('the activator’s probe of a pod', () => {
  test('is a GET of /healthz over HTTP/1.1 in the clear that says who asks whom', async () => {
    const { heard, port } = await probed(saying('200 OK', 'queue'))
    expect(heard.map(linesOf)).toEqual([
      [
        'GET /healthz HTTP/1.1',
        `host: 127.0.0.1:${port}`,
        'k-network-probe: queue',
        'user-agent: Knative-Activator-Probe',
      ],
    ])
  })

  test('in a mesh that lets us address pods names the revision and asks for passthrough', async () => {
    const { heard } = await probed(saying('200 OK', 'queue'), 'hello-00001-private.default')
    expect(heard.map(linesOf)).toEqual([
      [
        'GET /healthz HTTP/1.1',
        'host: hello-00001-private.default',
        'k-network-probe: queue',
        'k-passthrough-lb: true',
        'user-agent: Knative-Activator-Probe',
      ],
    ])
  })

  test.each<[string, string, ProbeAnswer]>([
    ['200 and exactly the word', saying('200 OK', 'queue'), { kind: 'ready' }],
    ['another word', saying('200 OK', 'activator'), { kind: 'refused', status: 200 }],
    ['the word and more', saying('200 OK', 'queue\n'), { kind: 'refused', status: 200 }],
    ['no word', saying('200 OK', ''), { kind: 'refused', status: 200 }],
    ['the word with another status', saying('202 Accepted', 'queue'), { kind: 'refused', status: 202 }],
    ['a refusal', saying('503 Service Unavailable', ''), { kind: 'refused', status: 503 }],
    ['a redirect', saying('302 Found', 'queue'), { kind: 'refused', status: 302 }],
  ])('%s', async (_, answer, expected) => {
    expect((await probed(answer)).found).toEqual(expected)
  })

  test('a pod that is silent is unreachable once the time is up, not before', async () => {
    const asked = Promise.withResolvers<void>()
    await using server = await rawServer((socket) => socket.on('data', () => asked.resolve()))
    const clock = new ManualClock()
    const upstreams = new Upstreams({ clock, maxIdle: 0, maxIdlePerDestination: 0 })
    const destination = upstreams.to('127.0.0.1', server.port)
    const probe = podProbe({ clock, timeoutMs: 300, connectionsTo: () => destination, meshHost: undefined })
    let found: ProbeAnswer | undefined
    const done = probe('pod', new AbortController().signal).then((answer) => {
      found = answer
    })
    await asked.promise
    await clock.advance(299)
    expect(found).toBeUndefined()
    await clock.advance(1)
    await done
    expect(found?.kind).toBe('unreachable')
    destination.close()
    upstreams.stop()
  })
})
