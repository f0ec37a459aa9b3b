import { createReadStream, existsSync, readdirSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { type Clock, systemClock } from '@knative-ts/clock'

export interface LogQuery {
  follow?: boolean
  previous?: boolean
  tailLines?: number | undefined
  /** Only lines written since then, milliseconds since the epoch. */
  sinceMs?: number | undefined
  timestamps?: boolean
  limitBytes?: number | undefined
}

/**
 * The log of one container as `kubectl logs` shows it: its latest run, or the one before with `previous`.
 * With `follow` it goes on, over restarts, until the reader goes away or `ended` holds and all was read.
 */
export function containerLog(
  folder: string,
  query: LogQuery,
  ended: () => boolean,
  clock: Clock = systemClock,
): Readable {
  return Readable.from(lines(folder, query, ended, clock), { objectMode: false })
}

async function* lines(
  folder: string,
  query: LogQuery,
  ended: () => boolean,
  clock: Clock,
): AsyncGenerator<string> {
  const runs = runFiles(folder)
  let run = runs.at(query.previous ? -2 : -1)
  if (run === undefined && !query.follow) return
  const since = query.sinceMs === undefined ? '' : new Date(query.sinceMs).toISOString()
  let budget = query.limitBytes ?? Number.POSITIVE_INFINITY
  const shown = (line: string): string => {
    const text = `${query.timestamps ? line : line.slice(line.indexOf(' ') + 1)}\n`
    budget -= Buffer.byteLength(text)
    return text
  }

  let offset = 0
  if (run !== undefined) {
    const { found, end } = await readFrom(join(folder, run), 0)
    offset = end
    const recent = found.filter((line) => line >= since)
    const { tailLines = recent.length } = query
    for (const line of recent.slice(recent.length - Math.min(tailLines, recent.length))) {
      const text = shown(line)
      if (budget < 0) return
      yield text
    }
  }
  if (!query.follow) return

  for (;;) {
    const over = ended()
    const latest = runFiles(folder).at(-1)
    if (latest !== run) {
      run = latest
      offset = 0
    }
    if (run !== undefined) {
      const { found, end } = await readFrom(join(folder, run), offset)
      offset = end
      for (const line of found) yield shown(line)
      if (found.length > 0) continue
    }
    if (over) return
    await changed(folder, clock)
  }
}

function runFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /^\d+\.log$/.test(name))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
}

async function readFrom(path: string, start: number): Promise<{ found: string[]; end: number }> {
  const size = statSync(path).size
  if (size <= start) return { found: [], end: start }
  const found: string[] = []
  let end = start
  const stream = createReadStream(path, { start, end: size - 1, encoding: 'utf8' })
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    const bytes = Buffer.byteLength(line) + 1
    // The last line may still be written; it comes with the next read.
    if (end + bytes > size) break
    end += bytes
    found.push(line)
  }
  return { found, end }
}

/** Resolves when something in the folder changes, and at the latest after half a second. */
function changed(folder: string, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      timer.cancel()
      watcher?.close()
      resolve()
    }
    const timer = clock.after(500, finish)
    const watcher = existsSync(folder) ? watch(folder, finish) : undefined
  })
}
