import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type DataPath, dataPath } from './testing/data-path.ts'

const clients = 10
const requestsOfEach = 5
const pieces = ['one', 'two', 'three']

let container: Server
let path: DataPath

beforeAll(async () => {
  container = createServer((incoming, response) => {
    response.flushHeaders()
    incoming.pipe(response)
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

/** Sends each piece only when the one before has come back. */
async function converse(agent: Agent): Promise<string[]> {
  const { host, port, headers } = path
  const outgoing = request({ host, port, method: 'POST', headers, agent })
  outgoing.flushHeaders()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  response.setEncoding('utf8')
  const heard: string[] = []
  for (const piece of pieces) {
    outgoing.write(piece)
    const [echo] = (await once(response, 'data')) as [string]
    heard.push(echo)
  }
  outgoing.end()
  await once(response, 'end')
  return heard
}

test('an HTTP/1.1 answer is read while its request is still being sent, on connections that are used again', async () => {
  const agents = Array.from({ length: clients }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
  const heard = await Promise.all(
    agents.map(async (agent) => {
      const answers: string[][] = []
      for (let i = 0; i < requestsOfEach; i++) answers.push(await converse(agent))
      return answers
    }),
  )
  for (const agent of agents) agent.destroy()
  expect(heard.flat()).toEqual(Array(clients * requestsOfEach).fill(pieces))
})
