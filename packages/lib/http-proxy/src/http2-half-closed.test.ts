import { once } from 'node:events'
import { connect } from 'node:http2'
import { expect, test } from '@jest/globals'
import { http2Frame, http2Start } from './testing/http2-frames.ts'
import { RawClient, rawServer, testProxy } from './testing/index.ts'

const settings = http2Frame({ type: 4, flags: 0, stream: 0, payload: '' })
/** `GET / http` by the static table of HPACK, with an authority of our own. */
const get = http2Frame({ type: 1, flags: 0x5, stream: 1, payload: '\x82\x86\x84\x41\x03a.b' })
const headersFrame = 0x1

/** Says so when the first HEADERS frame has come; settings come before it. */
const isRequest = (text: string) => text.includes(String.fromCharCode(headersFrame, 0x5, 0, 0, 0, 1))

test('a destination that ends its side has failed, even if it was killed without a word', async () => {
  await using destination = await rawServer((socket) => {
    socket.write(settings, 'latin1')
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
      if (isRequest(text)) socket.end()
    })
  })
  await using proxy = await testProxy(destination.port)
  const session = connect(`http://127.0.0.1:${proxy.port}`)
  const [head] = await once(session.request({ ':path': '/' }), 'response')
  expect(head).toMatchObject({ ':status': 502 })
  expect(await proxy.outcome()).toMatchObject({ kind: 'failed', sent: true })
  session.destroy()
})

test('a client that ends its side has left', async () => {
  await using destination = await rawServer((socket) => socket.write(settings, 'latin1'))
  const arrived = Promise.withResolvers<void>()
  await using proxy = await testProxy(destination.port, { before: () => arrived.resolve() })
  using client = new RawClient(proxy.port)
  client.send(http2Start + get)
  await arrived.promise
  client.socket.end()
  expect(await proxy.outcome()).toEqual({ kind: 'cancelled' })
})
