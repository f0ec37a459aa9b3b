// Takes its time: ?initialTimeout=MS before the headers, then ?timeout=MS before the rest of the body.
// ?chunks=N sends N more chunks in between, ?timeout apart.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const server = createServer(async (request, response) => {
  const query = new URL(request.url ?? '/', 'http://timeout').searchParams
  const number = (name) => Number(query.get(name) ?? 0)
  await sleep(number('initialTimeout'))
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.flushHeaders()
  for (let chunk = 0; chunk < number('chunks'); chunk++) {
    await sleep(number('timeout'))
    response.write(`chunk ${chunk}\n`)
  }
  await sleep(number('timeout'))
  response.end(`Slept for ${number('initialTimeout') + number('timeout')} milliseconds`)
})
server.listen(process.env.PORT ?? 8080)
process.on('SIGTERM', () => server.close(() => process.exit(0)))
