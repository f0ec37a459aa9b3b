/**
 * `npm run e2e:performance`: what the Knative that KUBECONFIG points to takes, in time, memory and processor time, beside upstream's
 * figures and what ours are held to.
 */
import { writeFileSync } from 'node:fs'
import { systemClock } from '@knative-ts/clock'
import { HttpKubeClient, loadKubeConnection } from '@knative-ts/kube'
import { findGateway } from '../../harness/find-gateway.ts'
import { withConfig } from '../../harness/with-config.ts'
import { describeMachine } from '../bench/machine.ts'
import { measureColdStart } from './cold-start.ts'
import { measureIdle } from './idle.ts'
import { measureMany } from './many.ts'
import { readOptions, usage } from './options.ts'
import { PodLogs } from './pod-log.ts'
import { measureRequests } from './requests.ts'
import type { Surroundings } from './surroundings.ts'
import { fillRows, renderTable, shortfalls } from './table.ts'

const startMs = systemClock.monotonic()

function say(text: string): void {
  const seconds = Math.round((systemClock.monotonic() - startMs) / 1000)
  process.stderr.write(`${String(seconds).padStart(5)} s  ${text}\n`)
}

async function measureCluster(args: string[]): Promise<number> {
  const options = readOptions(args)
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const connection = loadKubeConnection(process.env)
  const client = new HttpKubeClient(connection, 'e2e-performance')
  const logs = new PodLogs(connection)
  const figures = new Map<string, number>()
  const samples = new Map<string, readonly number[]>()
  try {
    const surroundings: Surroundings = {
      client,
      options,
      gateway: options.gateway ?? (await findGateway(client)),
      say,
      keep: (id, value) => figures.set(id, value),
      keepSamples: (id, values) => samples.set(id, values),
    }
    // In this order, since memory is only comparable in processes that had nothing else to do before.
    const parts = {
      idle: () => measureIdle(surroundings),
      many: () => measureMany(surroundings),
      'cold-start': () => measureColdStart(surroundings, logs),
      requests: () => measureRequests(surroundings),
    }
    await withConfig(client, 'config-autoscaler', { 'allow-zero-initial-scale': 'true' }, async () => {
      await systemClock.sleep(2_000) // until everyone has seen it
      for (const [name, part] of Object.entries(parts)) {
        if (!options.grep.test(name)) continue
        say(`part ${name}`)
        await part()
      }
    })
  } finally {
    await logs.close()
    await client.close()
  }
  const filled = fillRows(figures, options.services)
  const { cpu, memory, kernel, node } = describeMachine()
  const machine = { cpu, memory, kernel, node }
  for (const [name, value] of Object.entries(machine)) process.stdout.write(`${name}: ${value}\n`)
  process.stdout.write(`\n${renderTable(filled)}\n`)
  if (options.jsonFile) {
    const all = { machine, rows: filled, samples: Object.fromEntries(samples) }
    writeFileSync(options.jsonFile, `${JSON.stringify(all, null, 2)}\n`)
  }
  const short = shortfalls(filled)
  for (const text of short) say(`falls short: ${text}`)
  return options.check && short.length > 0 ? 1 : 0
}

try {
  process.exitCode = await measureCluster(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
