// Gives each request work to do, all at once: ?sleep=MS waits, ?prime=N computes, ?bloat=MIB holds memory.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

let inFlight = 0
let mostInFlight = 0

const work = {
  sleep: async (ms) => {
    await sleep(ms)
    return `Slept for ${ms} milliseconds.`
  },
  prime: async (n) => `The largest prime less than ${n} is ${largestPrimeBelow(n)}.`,
  bloat: async (mebibytes) => {
    const held = Array.from({ length: mebibytes }, () => Buffer.alloc(1 << 20, 1))
    return `Allocated ${held.length} MiB.`
  },
}

function largestPrimeBelow(n) {
  const composite = new Uint8Array(n)
  let largest = 0
  for (let i = 2; i < n; i++) {
    if (composite[i]) continue
    largest = i
    for (let multiple = i * i; multiple < n; multiple += i) composite[multiple] = 1
  }
  return largest
}

const server = createServer(async (request, response) => {
  inFlight++
  mostInFlight = Math.max(mostInFlight, inFlight)
  response.once('close', () => inFlight--)
  const query = new URL(request.url ?? '/', 'http://autoscale').searchParams
  const asked = Object.keys(work).filter((name) => query.has(name))
  const bad = asked.find((name) => !/^\d+$/.test(query.get(name)))
  if (bad !== undefined) {
    response.writeHead(400).end(`${bad} must be a number, not ${query.get(bad)}\n`)
    return
  }
  const lines = await Promise.all(asked.map((name) => work[name](Number(query.get(name)))))
  lines.push(`pod ${process.env.HOSTNAME}`, `most in flight ${mostInFlight}`)
  response.end(`${lines.join('\n')}\n`)
})
server.listen(process.env.PORT ?? 8080)
process.on('SIGTERM', () => server.close(() => process.exit(0)))
