/**
 * `npm run bench`: the queue-proxy against Go's `httputil.ReverseProxy` and Envoy, all on one core in front of one backend, in rounds
 * that take turns. Prints a table of medians, spreads and ratios.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@knative-ts/clock'
import { StatsServer } from '@knative-ts/stats/server'
import {
  activatorShortfalls,
  benchActivator,
  podCount,
  renderActivatorRows,
} from './activator/bench-activator.ts'
import { type Contender, startContenders } from './contenders.ts'
import { footprintShortfalls, measureFootprints, renderFootprints } from './footprint.ts'
import { LoadProcess } from './load-process.ts'
import { describeMachine } from './machine.ts'
import { measure } from './measure.ts'
import { readOptions, usage } from './options.ts'
import { fillRows, renderTable, shortfalls } from './table.ts'

const say = (text: string) => process.stderr.write(`${text}\n`)

async function bench(args: string[]): Promise<number> {
  const options = readOptions(args)
  const folder = mkdtempSync(join(tmpdir(), 'knative-ts-bench-'))
  const stats = new StatsServer(
    { ownerOf: () => ({ kind: 'self' }), isPodOf: () => true, podCount: () => 1, onLoad: () => {} },
    systemClock,
  )
  const statsPort = await stats.listen('127.0.0.1', 0)
  const load = await LoadProcess.start(options.backendPort, ...Array<number>(podCount - 1).fill(0))
  let contenders: Contender[] = []
  try {
    const around = { backendPort: load.backendPort, statsAddress: `127.0.0.1:${statsPort}`, folder, say }
    contenders = await startContenders(around, options)
    const filled = fillRows(await measure(load, contenders, options, say))
    for (const contender of contenders) await contender.stop()
    say('memory and start')
    const footprints = await measureFootprints(load, around, options.ms * 4)
    const activators = await benchActivator(load, around, options)
    const machine = describeMachine()
    for (const [name, value] of Object.entries(machine)) process.stdout.write(`${name}: ${value}\n`)
    process.stdout.write(
      `\n${renderTable(filled)}\n\n${renderFootprints(footprints)}\n\n${renderActivatorRows(activators)}\n`,
    )
    if (options.jsonFile)
      writeFileSync(
        options.jsonFile,
        `${JSON.stringify({ machine, rows: filled, footprints, activators }, null, 2)}\n`,
      )
    const short = [
      ...shortfalls(filled),
      ...footprintShortfalls(footprints),
      ...activatorShortfalls(activators),
    ]
    for (const text of short) say(`falls short: ${text}`)
    return options.check && short.length > 0 ? 1 : 0
  } finally {
    for (const contender of contenders) await contender.stop()
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
