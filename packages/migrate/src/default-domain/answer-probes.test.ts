import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { probeServer } from './answer-probes.ts'

const server = probeServer()

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(() => {
  server.close()
})

async function answerTo(headers: Record<string, string>): Promise<IncomingMessage> {
  const { port } = server.address() as AddressInfo
  const [response] = (await once(
    get({ host: '127.0.0.1', port, path: '/any', headers, agent: false }),
    'response',
  )) as [IncomingMessage]
  response.resume()
  return response
}

test('any request is fine', async () => {
  expect((await answerTo({})).statusCode).toBe(200)
})

test('a network probe gets its hash back', async () => {
  const { statusCode, headers } = await answerTo({ 'K-Network-Probe': 'probe', 'K-Network-Hash': 'abc' })
  expect([statusCode, headers['k-network-hash']]).toEqual([200, 'abc'])
})

test('a network probe without a hash is refused', async () => {
  expect((await answerTo({ 'K-Network-Probe': 'probe' })).statusCode).toBe(400)
})
