/**
 * `npm run bench` in this folder: what the decisions on each request cost, without sockets. With `--check` it exits 1 if one of them
 * takes more than it may.
 */
import { Breaker } from '../src/breaker.ts'
import { ConcurrencyStats } from '../src/concurrency-stats.ts'
import { parseRequestHead } from '../src/request-head.ts'
import { rewriteRequestHeaders } from '../src/request-headers.ts'

interface Part {
  readonly what: string
  readonly limitMicros: number
  readonly run: (i: number) => void
}

const calls = 200_000
const rounds = 7

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
  '',
].join('\r\n')

const { headers } = parseRequestHead(head)
const inbound = { headers, remoteAddress: '10.0.0.7', upgrade: undefined }
const changes = {
  remove: ['knative-serving-namespace', 'knative-serving-revision'],
  set: ['Forwarded', 'for=203.0.113.7;proto=https'],
}
const breaker = new Breaker({ queueDepth: 100, maxConcurrency: 10, initialCapacity: 10 })
const busy = new Breaker({ queueDepth: 100, maxConcurrency: 1, initialCapacity: 1 })
busy.tryAcquire()
const stats = new ConcurrencyStats(0)

const parts: readonly Part[] = [
  { what: 'read a head of nine headers', limitMicros: 5, run: () => void parseRequestHead(head) },
  {
    what: 'rewrite nine headers',
    limitMicros: 2,
    run: () => void rewriteRequestHeaders(inbound, changes),
  },
  {
    what: 'breaker: take a free slot and give it back',
    limitMicros: 0.5,
    run: () => {
      if (breaker.tryAcquire()) breaker.release()
    },
  },
  {
    what: 'breaker: wait for a slot and be let in',
    limitMicros: 1,
    run: () => {
      busy.wait(() => {})
      busy.release()
    },
  },
  {
    what: 'count a request in and out',
    limitMicros: 0.5,
    run: (i) => {
      stats.arrive(i, false)
      stats.leave(i + 0.5, false)
    },
  },
]

/** Of CPU time, which tells less of the neighbours than the clock does. */
function medianMicros(run: (i: number) => void): number {
  const micros: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const before = process.cpuUsage()
    for (let i = 0; i < calls; i++) run(i)
    const { user, system } = process.cpuUsage(before)
    // The first round warms up.
    if (round > 0) micros.push((user + system) / calls)
  }
  return micros.sort((a, b) => a - b)[rounds >> 1]!
}

for (const { what, limitMicros, run } of parts) {
  const micros = medianMicros(run)
  process.stdout.write(
    `${what.padEnd(44)} ${micros.toFixed(3).padStart(9)} µs (must be below ${limitMicros})\n`,
  )
  if (micros >= limitMicros && process.argv.includes('--check')) process.exitCode = 1
}
