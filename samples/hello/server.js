// Answers every request with a greeting. `?sleep=MS` holds the answer back, to make load visible.
import { createServer } from 'node:http'

const target = process.env.TARGET ?? 'World'

const server = createServer((request, response) => {
  const sleepMs = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('sleep') ?? 0)
  setTimeout(() => {
    response.setHeader('content-type', 'text/plain')
    response.end(`Hello ${target}! (${process.env.K_REVISION ?? 'no revision'})\n`)
  }, sleepMs)
})
server.listen(process.env.PORT ?? 8080)
process.on('SIGTERM', () => server.close(() => process.exit(0)))
