// Is ready, started and alive as it is told: GET /fail/ready, /fail/live make a probe fail from now on, or for ?ms=N;
// GET /probes says how often each was asked. PROBE_PORT is a second port to ask at. `node server.js probe NAME` asks as
// an exec probe does.
import { randomUUID } from 'node:crypto'
import { createServer, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const port = process.env.PORT ?? 8080
const ports = [port, ...(process.env.PROBE_PORT ? [process.env.PROBE_PORT] : [])]
// Tells one start of the container from the next: the process's id is always 1 in a container.
const start = randomUUID()
const failsUntilMs = { ready: 0, live: 0, start: 0 }
const asked = { ready: 0, live: 0, start: 0 }

async function serve() {
  await sleep(Number(process.env.LISTEN_DELAY_MS ?? 0))
  const readyAtMs = performance.now() + Number(process.env.READY_DELAY_MS ?? 0)
  const answer = (incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://readiness')
    const [, action = '', probe = ''] = pathname.split('/')
    if (action === 'healthz') {
      asked[probe]++
      const early = performance.now() < readyAtMs && probe !== 'live'
      response.statusCode = performance.now() < failsUntilMs[probe] || early ? 503 : 200
    } else if (action === 'query') {
      response.statusCode = searchParams.get('probe') === 'ok' ? 200 : 400
    } else if (action === 'fail') {
      failsUntilMs[probe] = performance.now() + Number(searchParams.get('ms') ?? Infinity)
    }
    const body = action === 'probes' ? JSON.stringify(asked) : `pod ${process.env.HOSTNAME}, start ${start}`
    response.end(`${body}\n`)
  }
  const servers = ports.map((each) => createServer(answer).listen(each))
  process.on('SIGTERM', async () => {
    await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
    process.exit(0)
  })
}

function probe(name) {
  const asking = request({ port, path: `/healthz/${name}`, timeout: 1000 }, (response) => {
    response.resume()
    process.exitCode = response.statusCode === 200 ? 0 : 1
  })
  asking.once('error', () => {
    process.exitCode = 1
  })
  asking.end()
}

if (process.argv[2] === 'probe') probe(process.argv[3] ?? 'ready')
else await serve()
