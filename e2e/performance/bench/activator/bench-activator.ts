import { revisionHeaderName, revisionHeaderNamespace } from '@knative-ts/apis'
import type { LoadResult, LoadTask } from '../load/task.ts'
import type { LoadProcess } from '../load-process.ts'
import { takeTurns } from '../take-turns.ts'
import {
  type ActivatorContender,
  ActivatorContenders,
  type ActivatorSurroundings,
  benchRevision,
} from './contenders.ts'

/** Pods that requests are spread over. */
export const podCount = 10

const headerLines = `${revisionHeaderName}: ${benchRevision}\r\n${revisionHeaderNamespace}: default\r\n`
/** Served by each process, of each load, before anything is measured. */
const warmRequests = 30_000
const connectionCounts = [50, 200] as const
/** Within a round: the machine's speed changes from one second to the next. */
const turns = 5

/** One line of the table. */
export interface ActivatorRow {
  readonly name: string
  readonly unit: string
  /** Of medians: what the first says to what the second says. */
  readonly ratio: number
  /** Least ratio, or most where less is better. */
  readonly must: number
  readonly more: boolean
  readonly ours: Spread
  readonly theirs: Spread
}

/** Of all rounds. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

export interface ActivatorBenchOptions {
  readonly rounds: number
  readonly ms: number
}

/** Measures the activator in front of `podCount` pods against Go's peer, and two workers against one beside another, taking turns. */
export async function benchActivator(
  load: LoadProcess,
  around: Omit<ActivatorSurroundings, 'backendPorts'>,
  { rounds, ms }: ActivatorBenchOptions,
): Promise<ActivatorRow[]> {
  const contenders = new ActivatorContenders()
  try {
    await contenders.start({ ...around, backendPorts: load.backendPorts })
    const found = new Map<string, LoadResult[]>()
    around.say('warming up activators')
    for (const contender of contenders.all) await warmUp(load, contender, ms)
    for (let round = 0; round < rounds; round++) {
      around.say(`activators, round ${round + 1} of ${rounds}`)
      for (const connections of connectionCounts) {
        const results = await takeTurns(contenders.all, round, turns, (contender) =>
          load.run(taskFor(contender, connections, ms / turns)),
        )
        for (const [name, result] of results) {
          const key = keyOf(name, connections)
          found.set(key, [...(found.get(key) ?? []), result])
        }
      }
    }
    return rowsOf(found)
  } finally {
    load.endSessions()
    await contenders.stop()
  }
}

/**
 * Opens the connections, and lets each process serve as many requests as any other: how much of it is compiled for speed by then makes
 * more of a difference than workers do.
 */
async function warmUp(load: LoadProcess, contender: ActivatorContender, ms: number): Promise<void> {
  for (const connections of connectionCounts) {
    let left = warmRequests * Math.max(1, contender.childPids.length)
    while (left > 0) left -= (await load.run(taskFor(contender, connections, ms))).requests
  }
}

function taskFor(
  { name, host, neighbourHost, port, pid, childPids }: ActivatorContender,
  connections: number,
  ms: number,
): LoadTask {
  return {
    mode: 'closed',
    protocol: 'http1',
    streams: 1,
    body: 'small',
    rate: 0,
    host,
    ...(neighbourHost !== undefined && { neighbourHost }),
    port,
    pid,
    childPids,
    headerLines,
    // Each worker then has as many as the one by itself.
    connections: connections * Math.max(1, childPids.length),
    // Dealing out new connections is work of another kind, and would go on into the measured time.
    session: keyOf(name, connections),
    ms,
    warmMs: ms / 3,
  }
}

const keyOf = (name: ActivatorContender['name'], connections: number) => `${name} at ${connections}`

/** Rows for which something was measured. */
export function rowsOf(found: ReadonlyMap<string, readonly LoadResult[]>): ActivatorRow[] {
  const rate = ({ requests, seconds }: LoadResult) => requests / seconds
  const cpu = ({ requests, cpuUs }: LoadResult) => cpuUs / requests
  const rows: ActivatorRow[] = []
  const compare = (
    row: Pick<ActivatorRow, 'name' | 'unit' | 'must' | 'more'>,
    value: (result: LoadResult) => number,
    oursKey: string,
    theirsKey: string,
    theirValue = value,
  ) => {
    const [ours, theirs] = [found.get(oursKey), found.get(theirsKey)]
    if (!ours || !theirs) return
    const [a, b] = [spreadOf(ours.map(value)), spreadOf(theirs.map(theirValue))]
    rows.push({ ...row, ours: a, theirs: b, ratio: a.median / b.median })
  }
  for (const connections of connectionCounts) {
    compare(
      {
        name: `activator / Go: requests/s, ${connections} connections`,
        unit: 'req/s',
        must: 1.3,
        more: true,
      },
      rate,
      keyOf('activator', connections),
      keyOf('go, random of two', connections),
    )
  }
  compare(
    { name: 'activator / Go: CPU per request, 50 connections', unit: 'µs', must: 1 / 1.3, more: false },
    cpu,
    keyOf('activator', 50),
    keyOf('go, random of two', 50),
  )
  for (const connections of connectionCounts) {
    compare(
      {
        name: `two workers / one beside another: requests per second of a worker's core, ${connections} connections each`,
        unit: 'req/s',
        must: 1.8,
        more: true,
      },
      perBusiestCore,
      keyOf('activator, 2 workers', connections),
      keyOf('two activators', connections),
      perProcess,
    )
  }
  return rows
}

/**
 * What the processes could serve if each had a core to itself: the one that spent most CPU time would be the one that can't
 * keep up. Says of several what a machine with few cores can't show, since client and backend need cores as well.
 */
export function perBusiestCore({ requests, cpuUs, childCpuUs }: LoadResult): number {
  return (requests * 1e6) / Math.max(cpuUs, ...childCpuUs)
}

/** What one of a pair of processes could serve if it had a core to itself, on average. */
export function perProcess({ requests, childCpuUs }: LoadResult): number {
  return (requests * 1e6) / childCpuUs.reduce((sum, us) => sum + us, 0)
}

/** Median, least and most. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: sorted[sorted.length >> 1]!, least: sorted[0]!, most: sorted.at(-1)! }
}

/** The table as Markdown. */
export function renderActivatorRows(rows: readonly ActivatorRow[]): string {
  const lines = [
    ['', 'must', 'ours', 'other', 'ratio'],
    ['---', '---', '---', '---', '---'],
    ...rows.map((row) => [
      `${row.name} (${row.unit})`,
      mustOf(row),
      renderSpread(row.ours),
      renderSpread(row.theirs),
      `**${row.ratio.toFixed(2)}×**`,
    ]),
  ]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Rows that miss their "must", in words. */
export function activatorShortfalls(rows: readonly ActivatorRow[]): string[] {
  return rows
    .filter(({ more, ratio, must }) => (more ? ratio < must : ratio > must))
    .map((row) => `${row.name}: ${row.ratio.toFixed(2)}×, must be ${mustOf(row)}`)
}

function mustOf({ more, must }: ActivatorRow): string {
  return `${more ? '≥' : '≤'} ${Number(must.toFixed(2))}×`
}

function renderSpread({ median, least, most }: Spread): string {
  return `${figure(median)} (${figure(least)}–${figure(most)})`
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1)
}
