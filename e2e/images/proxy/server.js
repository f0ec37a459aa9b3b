// Asks from inside the cluster: GET /?url=URL answers with what that URL answers, 502 if it does not; &host=HOST asks it
// for another host. With FORWARD_PORT it passes every request to that port of its own pod.
import { createServer, request } from 'node:http'

const server = createServer((incoming, response) => {
  const forwardPort = process.env.FORWARD_PORT
  const { searchParams } = new URL(incoming.url ?? '/', 'http://proxy')
  const asked = searchParams.get('url')
  const host = searchParams.get('host')
  const target = forwardPort ? `http://127.0.0.1:${forwardPort}${incoming.url}` : asked
  if (!target) {
    response.writeHead(400).end('say which: /?url=URL\n')
    return
  }
  const headers = !forwardPort && host ? { host } : {}
  const outgoing = request(target, { timeout: 60_000, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { 'x-proxied': target })
    answer.pipe(response)
  })
  outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in 60 s')))
  outgoing.once('error', (error) => {
    if (!response.headersSent) response.writeHead(502)
    response.end(`${target}: ${error.message}\n`)
  })
  outgoing.end()
})
server.listen(process.env.PORT ?? 8080)
process.on('SIGTERM', () => server.close(() => process.exit(0)))
