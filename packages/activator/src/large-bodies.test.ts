import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { type DataPath, dataPath } from './testing/data-path.ts'

const mebibyte = 1 << 20
const bodyMiB = 1024
/** What a process may grow by while a body passes. */
const growthMiB = 32
/** What moving a body or two may take, milliseconds. */
const slowMs = 120_000
jest.setTimeout(slowMs)

let container: Server
let path: DataPath
/** Digest of the last upload. */
let uploaded = ''
let expected = ''

/** Of pieces that differ, so that none can be lost or swapped. */
function* body(): Generator<Buffer> {
  for (let i = 0; i < bodyMiB; i++) yield Buffer.alloc(mebibyte, `${i},`)
}

function digestOf(pieces: Iterable<Buffer>): string {
  const hash = createHash('sha1')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

beforeAll(async () => {
  expected = digestOf(body())
  container = createServer(async (incoming, response) => {
    if (incoming.method === 'GET') {
      await pipeline(Readable.from(body()), response)
      return
    }
    const hash = createHash('sha1')
    for await (const chunk of incoming) hash.update(chunk as Buffer)
    uploaded = hash.digest('hex')
    response.end()
  })
  container.listen(0, '127.0.0.1')
  await once(container, 'listening')
  path = await dataPath((container.address() as AddressInfo).port)
})

afterAll(async () => {
  await path?.[Symbol.asyncDispose]()
  container.closeAllConnections()
  await new Promise((resolve) => container.close(resolve))
})

async function send(method: string, content?: Readable): Promise<IncomingMessage> {
  const { host, port, headers } = path
  const outgoing = request({ host, port, method, headers, agent: false })
  const answered = once(outgoing, 'response')
  if (content) await pipeline(content, outgoing)
  else outgoing.end()
  const [response] = (await answered) as [IncomingMessage]
  return response
}

/** Starts to watch for the most memory that each process takes; the result tells by how many MiB it grew. */
function watchMemory(): () => number[] {
  const pids = [path.activatorPid, path.queueProxyPid]
  const before = pids.map((pid) => {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
    return residentMiB(pid, 'VmRSS')
  })
  return () => pids.map((pid, i) => residentMiB(pid, 'VmHWM') - before[i]!)
}

function residentMiB(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)![1]) / 1024
}

test('a large request body passes whole, in little memory', async () => {
  const growth = watchMemory()
  const response = await send('POST', Readable.from(body()))
  expect(response.statusCode).toBe(200)
  expect(uploaded).toBe(expected)

  for (const mib of growth()) expect(mib).toBeLessThan(growthMiB)
})

test('a large response body passes whole, in little memory', async () => {
  const growth = watchMemory()
  const response = await send('GET')
  const hash = createHash('sha1')
  for await (const chunk of response) hash.update(chunk as Buffer)
  expect(hash.digest('hex')).toBe(expected)

  for (const mib of growth()) expect(mib).toBeLessThan(growthMiB)
})

test('a response whose reader stops for a while is held back', async () => {
  const growth = watchMemory()
  const response = await send('GET')
  response.pause()
  // Another body at full speed meanwhile: time enough for what is not held back to pile up.
  const other = await send('POST', Readable.from(body()))
  expect(other.statusCode).toBe(200)

  for (const mib of growth()) expect(mib).toBeLessThan(growthMiB)
  const hash = createHash('sha1')
  for await (const chunk of response) hash.update(chunk as Buffer)
  expect(hash.digest('hex')).toBe(expected)
})
