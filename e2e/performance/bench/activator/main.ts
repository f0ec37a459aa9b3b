/** `node e2e/performance/bench/activator/main.ts`: the activator's part of `npm run bench` alone, with the same options. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@knative-ts/clock'
import { StatsServer } from '@knative-ts/stats/server'
import { LoadProcess } from '../load-process.ts'
import { describeMachine } from '../machine.ts'
import { readOptions, usage } from '../options.ts'
import { activatorShortfalls, benchActivator, podCount, renderActivatorRows } from './bench-activator.ts'

const say = (text: string) => process.stderr.write(`${text}\n`)

async function bench(args: string[]): Promise<number> {
  const options = readOptions(args)
  const folder = mkdtempSync(join(tmpdir(), 'knative-ts-bench-'))
  const stats = new StatsServer(
    { ownerOf: () => ({ kind: 'self' }), isPodOf: () => true, podCount: () => 1, onLoad: () => {} },
    systemClock,
  )
  const statsAddress = `127.0.0.1:${await stats.listen('127.0.0.1', 0)}`
  const load = await LoadProcess.start(...Array<number>(podCount).fill(0))
  try {
    const rows = await benchActivator(load, { statsAddress, folder, say }, options)
    const machine = describeMachine()
    for (const [name, value] of Object.entries(machine)) process.stdout.write(`${name}: ${value}\n`)
    process.stdout.write(`\n${renderActivatorRows(rows)}\n`)
    if (options.jsonFile) writeFileSync(options.jsonFile, `${JSON.stringify({ machine, rows }, null, 2)}\n`)
    const short = activatorShortfalls(rows)
    for (const text of short) say(`falls short: ${text}`)
    return options.check && short.length > 0 ? 1 : 0
  } finally {
    load.stop()
    await stats.close()
    rmSync(folder, { recursive: true })
  }
}

if (process.argv.includes('--help')) process.stdout.write(usage)
else {
  try {
    process.exitCode = await bench(process.argv.slice(2))
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = 2
  }
}
