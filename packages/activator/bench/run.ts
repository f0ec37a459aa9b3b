import { benchThrottle } from './throttle.bench.ts'
import { measureWaiting } from './waiting-memory.ts'

const waitingRequests = 10_000
const waitingLimitKib = 24

interface Row {
  readonly what: string
  readonly value: number
  readonly limit: number
  readonly unit: string
}

/** `npm run bench`: prints a table; exits 1 with `--check` if anything takes more than it may. */
const waiting = await measureWaiting(waitingRequests)
const rows: Row[] = benchThrottle().map(({ what, micros, limitMicros }) => ({
  what,
  value: micros,
  limit: limitMicros,
  unit: 'µs',
}))
rows.push({
  what: `memory of each of ${waiting.requests} waiting requests`,
  value: waiting.kibEach,
  limit: waitingLimitKib,
  unit: 'KiB',
})
for (const { what, value, limit, unit } of rows) {
  process.stdout.write(
    `${what.padEnd(44)} ${value.toFixed(3).padStart(9)} ${unit} (must be below ${limit})\n`,
  )
}
process.stdout.write(`memory in use beyond before, when they have gone: ${Math.round(waiting.kibLeft)} KiB\n`)
process.exit(process.argv.includes('--check') && rows.some(({ value, limit }) => value >= limit) ? 1 : 0)
