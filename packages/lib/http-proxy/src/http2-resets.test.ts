import { once } from 'node:events'
import { type ClientHttp2Session, connect, constants } from 'node:http2'
import { afterEach, expect, test } from '@jest/globals'
import type { Exchange } from './exchange.ts'
import { type TestServer, testServer } from './testing/index.ts'

/** Node by itself breaks a connection on which more than 1,000 streams are called off in a short time. */
const resets = 1_500
const atOnce = 100

let server: TestServer
let session: ClientHttp2Session

afterEach(async () => {
  session.destroy()
  await server[Symbol.asyncDispose]()
})

test('many clients of a gateway that give up do not cost the others their connection', async () => {
  const arrived: Exchange[] = []
  let wake: (() => void) | undefined
  server = await testServer({
    handler: (exchange) => {
      arrived.push(exchange)
      wake?.()
    },
  })
  session = connect(`http://127.0.0.1:${server.port}`)
  session.on('error', () => {})
  const patient = session.request({ ':path': '/patient' })
  patient.on('error', () => {})
  while (arrived.length < resets) {
    const due = arrived.length + atOnce
    const streams = Array.from({ length: atOnce }, () => session.request({ ':path': '/impatient' }))
    while (arrived.length < due) await new Promise<void>((resolve) => (wake = resolve))
    const closed = streams.map((stream) => once(stream, 'close'))
    for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL)
    await Promise.all(closed)
  }
  const response = once(patient, 'response')
  arrived.find(({ target }) => target === '/patient')!.answer(200, [], 'at last')
  expect((await response)[0]).toMatchObject({ ':status': 200 })
})
