import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { systemClock } from '@knative-ts/clock'
import { type Contender, goPeer, queueProxy, type Surroundings } from './contenders.ts'
import { BenchError } from './errors.ts'
import type { LoadProcess } from './load-process.ts'
import { loads } from './rows.ts'

/** What a process needs for itself. */
export interface Footprint {
  /** From starting the process until it takes connections, milliseconds; the median of `starts`. */
  readonly startMs: number
  readonly idleRssMb: number
  /** What no other process shares: what each further one costs. */
  readonly idlePrivateMb: number
  /** Largest under 200 connections. */
  readonly loadedRssMb: number
  /** What each of 5,000 connections that lie idle after one request adds. */
  readonly idleConnectionKib: number
}

/** One line of the table of footprints: an absolute limit. */
export interface FootprintRow {
  readonly name: string
  readonly unit: 'ms' | 'MB' | 'KiB'
  readonly must: number
  readonly of: (footprint: Footprint) => number
}

export const footprintRows: readonly FootprintRow[] = [
  { name: 'process start to listening', unit: 'ms', must: 80, of: ({ startMs }) => startMs },
  { name: 'idle RSS', unit: 'MB', must: 75, of: ({ idleRssMb }) => idleRssMb },
  { name: 'idle private dirty', unit: 'MB', must: 32, of: ({ idlePrivateMb }) => idlePrivateMb },
  { name: 'RSS under 200 connections', unit: 'MB', must: 100, of: ({ loadedRssMb }) => loadedRssMb },
  {
    name: '5,000 idle connections, each',
    unit: 'KiB',
    must: 20,
    of: ({ idleConnectionKib }) => idleConnectionKib,
  },
]

const starts = 9
const ownHost = '127.81.0.9'
const idleConnections = 5000
/** Connections opened at once. */
const atOnce = 250
/** A process has settled by then, its compile cache written included. */
const settleMs = 4000
const underLoad = loads.find(({ id }) => id === 'c200')!

/** Measures a fresh queue-proxy, and Go's peer if it can be had. @param ms how long the load lasts */
export async function measureFootprints(
  load: LoadProcess,
  around: Surroundings,
  ms: number,
): Promise<Record<string, Footprint>> {
  const found: Record<string, Footprint> = {}
  const launches = [(host?: string) => queueProxy(around, 0, host), () => goPeer(around)]
  for (const launch of launches) {
    // The proxies that the load ran through have filled the compile cache.
    const idle = await launch(ownHost)
    if (!idle) continue
    const idleValues = await underTest(idle, () => idleFootprint(idle))
    const loaded = (await launch(ownHost))!
    const loadedRssMb = await underTest(loaded, () => peakUnderLoad(load, loaded, ms))
    // Node loads its DNS for an address, though it is a literal, and in a pod none is given.
    const startMs = await medianStart(async () => (await launch())!)
    found[idle.name] = { startMs, ...idleValues, loadedRssMb }
  }
  return found
}

/** Rows in which a queue-proxy takes more than it may, in words. */
export function footprintShortfalls(found: Readonly<Record<string, Footprint>>): string[] {
  return Object.entries(found)
    .filter(([name]) => name.startsWith('queue-proxy'))
    .flatMap(([name, footprint]) =>
      footprintRows
        .filter((row) => row.of(footprint) > row.must)
        .map(
          (row) =>
            `${row.name}: ${name} takes ${row.of(footprint).toFixed(1)} ${row.unit}, must be ≤ ${row.must}`,
        ),
    )
}

/** The table as Markdown. */
export function renderFootprints(found: Readonly<Record<string, Footprint>>): string {
  const names = Object.keys(found)
  const lines = [
    ['', 'must', ...names],
    ['---', '---', ...names.map(() => '---')],
    ...footprintRows.map((row) => [
      `${row.name} (${row.unit})`,
      `≤ ${row.must}`,
      ...names.map((name) => row.of(found[name]!).toFixed(1)),
    ]),
  ]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

async function underTest<T>(contender: Contender, measure: () => Promise<T>): Promise<T> {
  try {
    return await measure()
  } finally {
    await contender.stop()
  }
}

async function medianStart(launch: () => Promise<Contender>): Promise<number> {
  const taken: number[] = []
  while (taken.length < starts) {
    const { startMs, stop } = await launch()
    taken.push(startMs)
    await stop()
  }
  return taken.sort((a, b) => a - b)[(starts - 1) / 2]!
}

async function idleFootprint({
  host,
  port,
  pid,
}: Contender): Promise<Pick<Footprint, 'idleRssMb' | 'idlePrivateMb' | 'idleConnectionKib'>> {
  await systemClock.sleep(settleMs)
  const idleKib = memoryKib(pid, 'status', 'VmRSS')
  const privateKib = memoryKib(pid, 'smaps_rollup', 'Private_Dirty')
  // What the first requests make a process load is not the connections' doing.
  const first = await openIdle(host, port, atOnce)
  const beforeKib = memoryKib(pid, 'status', 'VmRSS')
  const sockets = await openIdle(host, port, idleConnections)
  const afterKib = memoryKib(pid, 'status', 'VmRSS')
  for (const socket of [...first, ...sockets]) socket.destroy()
  return {
    idleRssMb: idleKib / 1024,
    idlePrivateMb: privateKib / 1024,
    idleConnectionKib: (afterKib - beforeKib) / idleConnections,
  }
}

async function peakUnderLoad(load: LoadProcess, { host, port, pid }: Contender, ms: number): Promise<number> {
  await load.run({ ...underLoad, host, port, pid, ms, warmMs: ms / 3, rate: 0 })
  return memoryKib(pid, 'status', 'VmHWM') / 1024
}

/** Opens connections and lets each have one answer. */
async function openIdle(host: string, port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const opened = Array.from({ length: Math.min(atOnce, count - sockets.length) }, () => {
      const socket = connect(port, host)
      socket.write('GET / HTTP/1.1\r\nHost: hello.default.example.com\r\n\r\n')
      return socket
    })
    await Promise.all(opened.map((socket) => once(socket, 'data')))
    sockets.push(...opened)
  }
  return sockets
}

function memoryKib(pid: number, file: 'status' | 'smaps_rollup', field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(
    readFileSync(`/proc/${pid}/${file}`, 'latin1'),
  )
  if (!match) throw new BenchError('LOAD_FAILED', `/proc/${pid}/${file} has no ${field}`)
  return Number(match[1])
}
