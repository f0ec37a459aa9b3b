import { createServer, METHODS, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { RawClient, type TestEnvoy, testEnvoy } from './testing/index.ts'
import { type Message, ours, requestStreams } from './testing/request-streams.ts'

/** Ends every stream, twice, so that Envoy closes the connection whatever it took for part of the request before. */
const last = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

let backend: Server
let envoy: TestEnvoy | undefined
/** What came through Envoy since the last look. */
let passed: Message[] = []

beforeAll(async () => {
  backend = createServer((request, response) => {
    const message: Message = {
      head: comparableHead([request.method!, request.url!, ...request.rawHeaders]),
      body: '',
      trailers: '',
      complete: false,
    }
    passed.push(message)
    request.on('error', () => {})
    request.on('data', (chunk: Buffer) => {
      message.body += chunk.toString('latin1')
    })
    request.on('end', () => {
      message.trailers = request.rawTrailers.join('|').toLowerCase()
      message.complete = true
      response.end()
    })
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  envoy = await testEnvoy({ host: '127.0.0.1', port: (backend.address() as AddressInfo).port })
})

afterAll(async () => {
  await envoy?.[Symbol.asyncDispose]()
  backend.closeAllConnections()
  await new Promise((resolve) => backend.close(resolve))
})

/** Envoy writes names in lower case and adds headers; those that the streams invent tell whether it read the same. */
function comparableHead([method, target, ...headers]: readonly string[]): string {
  const told = [`${method} ${target}`]
  for (let i = 0; i < headers.length; i += 2)
    if (/^x-[a-e]$/i.test(headers[i]!)) told.push(`${headers[i]!.toLowerCase()}: ${headers[i + 1]}`)
  return told.join('|')
}

/** The whole requests that we take. As for Go, any token is a method; Envoy stops at those that it doesn't know. */
function taken(bytes: Buffer): Message[] {
  const { messages } = ours(bytes)
  const foreign = messages.findIndex(({ head }) => !METHODS.includes(head.slice(0, head.indexOf('|'))))
  return messages.slice(0, foreign < 0 ? undefined : foreign).filter(({ complete }) => complete)
}

/** What Envoy makes of the bytes of a connection. */
async function envoys(bytes: Buffer): Promise<Message[]> {
  passed = []
  using client = new RawClient(envoy!.port)
  client.send(bytes.toString('latin1'))
  await client.untilEnd()
  return passed
}

/** Envoy doesn't serve HTTP/1.0 unless told to. */
const streams = requestStreams
  .map((bytes) => Buffer.concat([bytes, Buffer.from(last + last)]))
  .filter((bytes) => !bytes.includes('HTTP/1.0'))

describe('RequestReader beside Envoy', () => {
  test('what it takes, Envoy takes for the same', async () => {
    await fc.assert(
      fc.asyncProperty(streams, async (bytes) => {
        const mine = taken(bytes)
        const theirs = await envoys(bytes)
        expect(theirs.slice(0, mine.length)).toEqual(
          mine.map(({ head, body, trailers }) => ({
            head: comparableHead(head.split('|')),
            body,
            trailers: trailers.toLowerCase(),
            complete: true,
          })),
        )
      }),
      { numRuns: 500 },
    )
  })
})
