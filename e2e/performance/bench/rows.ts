import type { LoadResult, LoadTask } from './load/task.ts'

/** What is made of a measurement, for a table. */
export interface Metric {
  readonly unit: 'req/s' | 'µs' | 'MB/s'
  /** Whether a larger value is a better one. */
  readonly more: boolean
  /** @param direct the same load on the backend itself */
  readonly of: (result: LoadResult, direct: LoadResult | undefined) => number
}

/** One line of the table against which the queue-proxy is held: ratios to Go's proxy. */
export interface Row {
  readonly name: string
  readonly load: Load
  readonly metric: Metric
  readonly must: number
  readonly aim: number
}

/**
 * A load by its parameters; several rows may look at one. `paced` runs at half of what Go can do at most. Contenders take turns `turns`
 * times within a round, each on connections that it keeps until the round ends.
 */
export type Load = Pick<LoadTask, 'mode' | 'protocol' | 'connections' | 'streams' | 'body'> & {
  readonly id: string
  readonly turns: number
}

const small = { mode: 'closed', protocol: 'http1', streams: 1, body: 'small', turns: 5 } as const
/** The kernel widens the windows of each connection as it sees fit: fresh ones would each be measured in another state. */
const large = { ...small, connections: 10, turns: 6 } as const
const c50: Load = { id: 'c50', ...small, connections: 50 }
/** At 10 at a time and 100 waiting, 200 connections would be refused: only unlimited proxies run it. */
const c200: Load = { id: 'c200', ...small, connections: 200 }
const c1: Load = { id: 'c1', ...small, connections: 1 }
const half: Load = { id: 'half', ...small, mode: 'paced', connections: 50 }
const download: Load = { id: 'download', ...large, body: 'download' }
const upload: Load = { id: 'upload', ...large, body: 'upload' }
const h2c: Load = { id: 'h2c', ...small, protocol: 'h2c', connections: 5, streams: 10 }

/** The loads, in the order they are put on. */
export const loads: readonly Load[] = [c50, c200, half, c1, download, upload, h2c]

/** Whose most at 50 connections sets the pace of `paced` loads. */
export const paceMaker = c50

const rate: Metric = { unit: 'req/s', more: true, of: ({ requests, seconds }) => requests / seconds }
const cpu: Metric = { unit: 'µs', more: false, of: ({ cpuUs, requests }) => cpuUs / requests }
const p99: Metric = { unit: 'µs', more: false, of: ({ p99Us }) => p99Us }
const added: Metric = { unit: 'µs', more: false, of: ({ p50Us }, direct) => p50Us - (direct?.p50Us ?? 0) }
const throughput: Metric = {
  unit: 'MB/s',
  more: true,
  of: ({ requests, seconds }) => (requests * 1.048576) / seconds,
}

export const rows: readonly Row[] = [
  { name: 'requests/s, 50 connections', load: c50, metric: rate, must: 1.5, aim: 2.5 },
  { name: 'requests/s, 200 connections', load: c200, metric: rate, must: 1.5, aim: 2.5 },
  { name: 'CPU per request, 50 connections', load: c50, metric: cpu, must: 0.65, aim: 0.4 },
  { name: 'p99 at half of Go’s maximum', load: half, metric: p99, must: 1, aim: 0.7 },
  { name: '1 connection, p50 added', load: c1, metric: added, must: 1, aim: 0.7 },
  { name: '1 MiB answers', load: download, metric: throughput, must: 1, aim: 1.3 },
  { name: 'CPU per 1 MiB answer', load: download, metric: cpu, must: 1, aim: 0.77 },
  { name: '1 MiB requests', load: upload, metric: throughput, must: 1, aim: 1.3 },
  { name: 'CPU per 1 MiB request', load: upload, metric: cpu, must: 1, aim: 0.77 },
  { name: 'h2c requests/s, 5 × 10 streams', load: h2c, metric: rate, must: 1, aim: 1.5 },
]
