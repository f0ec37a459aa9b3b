import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A process that opens `COUNT` connections to `PORT`, sends one request on each and hangs up when told to. */
const [port, count] = [Number(process.argv[2]), Number(process.argv[3])]
const atOnce = 200
const head = [
  'GET /some/path?with=query HTTP/1.1',
  'Host: hello.default.example.com',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language: en-US,en;q=0.5',
  'X-Request-Id: 0e2f5b1c-7f6a-4d0e-9f38-0c1d2e3f4a5b',
  'X-Forwarded-For: 203.0.113.7',
  'X-Forwarded-Proto: https',
  'Knative-Serving-Namespace: default',
  'Knative-Serving-Revision: hello-00001',
]

const sockets: Socket[] = []
while (sockets.length < count) {
  const opened = Array.from({ length: Math.min(atOnce, count - sockets.length) }, () =>
    connect(port, '127.0.0.1'),
  )
  await Promise.all(opened.map((socket) => once(socket, 'connect')))
  for (const socket of opened) {
    socket.on('error', () => {})
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
  }
  sockets.push(...opened)
}
process.once('message', () => {
  for (const socket of sockets) socket.destroy()
  process.disconnect?.()
})
