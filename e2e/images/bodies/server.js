// Bodies of every kind: POST /echo sends the body back as it comes, POST /digest its size and SHA-256,
// GET /bytes?n=N sends N bytes, GET /events?n=N&every=MS a stream of events, GET /trailers trailers,
// GET /status/N that status, GET /early an answer before the body was read, GET /hints 103 first. With H2C=1 it
// speaks HTTP/2 with prior knowledge.
import { createHash } from 'node:crypto'
import { createServer as createHttp1Server } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'

const block = Buffer.alloc(64 * 1024, 'knative ')

const routes = {
  echo: (request, response) => {
    response.setHeader('content-type', request.headers['content-type'] ?? 'application/octet-stream')
    request.pipe(response)
  },
  digest: async (request, response) => {
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of request) {
      size += chunk.length
      hash.update(chunk)
    }
    const chunked = request.headers['transfer-encoding'] === 'chunked'
    response.end(JSON.stringify({ size, sha256: hash.digest('hex'), chunked, trailers: request.trailers }))
  },
  bytes: async (_, response, query) => {
    let left = Number(query.get('n') ?? 0)
    if (!query.has('chunked')) response.setHeader('content-length', left)
    while (left > 0) {
      const part = block.subarray(0, Math.min(left, block.length))
      left -= part.length
      if (!response.write(part)) await new Promise((drained) => response.once('drain', drained))
    }
    response.end()
  },
  events: async (_, response, query) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    for (let n = 0; n < Number(query.get('n') ?? 1); n++) {
      response.write(`data: ${n}\n\n`)
      await sleep(Number(query.get('every') ?? 0))
    }
    response.end()
  },
  trailers: (_, response) => {
    response.writeHead(200, { trailer: 'x-checksum, x-parts' })
    response.write('one ')
    response.write('two')
    response.addTrailers({ 'x-checksum': 'abc', 'x-parts': '2' })
    response.end()
  },
  status: (_, response, __, parameter) => response.writeHead(Number(parameter)).end(),
  early: (_, response) => response.writeHead(413, { connection: 'close' }).end('too much'),
  hints: (_, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    response.end('hinted')
  },
  abort: (_, response) => {
    response.writeHead(200, { 'content-length': 1000 })
    response.write('the beginning')
    setImmediate(() => response.destroy())
  },
}

const createServer = process.env.H2C ? createHttp2Server : createHttp1Server
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bodies')
  const [, name = '', parameter = ''] = pathname.split('/')
  const route = routes[name]
  if (route) void route(request, response, searchParams, parameter)
  else response.writeHead(404).end(`no route ${name}\n`)
})
server.listen(process.env.PORT ?? 8080)
process.on('SIGTERM', () => server.close(() => process.exit(0)))
