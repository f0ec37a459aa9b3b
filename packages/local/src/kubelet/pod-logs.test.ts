import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { containerLog, type LogQuery } from './pod-logs.ts'

const root = mkdtempSync(join(tmpdir(), 'logs-'))
afterAll(() => rmSync(root, { recursive: true }))

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))
const line = (second: number, text: string) => `${at(second).toISOString()} ${text}\n`

const folder = join(root, 'container')
mkdirSync(folder)
writeFileSync(join(folder, '0.log'), line(1, 'first run'))
writeFileSync(join(folder, '1.log'), [2, 3, 4].map((n) => line(n, `line ${n}`)).join(''))

async function read(query: LogQuery): Promise<string> {
  const chunks: string[] = []
  for await (const chunk of containerLog(folder, query, () => true)) chunks.push(String(chunk))
  return chunks.join('')
}

describe('containerLog', () => {
  test.each<[string, LogQuery, string]>([
    ['the latest run', {}, 'line 2\nline 3\nline 4\n'],
    ['the run before', { previous: true }, 'first run\n'],
    ['the last lines', { tailLines: 2 }, 'line 3\nline 4\n'],
    ['more lines than there are', { tailLines: 9 }, 'line 2\nline 3\nline 4\n'],
    ['no lines', { tailLines: 0 }, ''],
    ['recent lines', { sinceMs: at(4).getTime() }, 'line 4\n'],
    ['with their times', { tailLines: 1, timestamps: true }, line(4, 'line 4')],
    ['whole lines up to a size', { limitBytes: 10 }, 'line 2\n'],
    ['following what has ended', { follow: true, tailLines: 1 }, 'line 4\n'],
  ])('%s', async (_, query, expected) => {
    expect(await read(query)).toBe(expected)
  })

  test('nothing yet is empty', async () => {
    const none = containerLog(join(root, 'none'), {}, () => true)
    expect(await none.toArray()).toEqual([])
  })

  test('following shows what comes, over a restart, and ends when the container does', async () => {
    const live = join(root, 'live')
    mkdirSync(live)
    writeFileSync(join(live, '0.log'), line(1, 'one'))
    let over = false
    const seen: string[] = []
    const log = containerLog(live, { follow: true }, () => over)
    for await (const chunk of log) {
      seen.push(String(chunk).trim())
      if (seen.length === 1) appendFileSync(join(live, '0.log'), `${line(2, 'two')}${at(3).toISOString()} ha`)
      if (seen.length === 2) appendFileSync(join(live, '0.log'), 'lf\n')
      if (seen.length === 3) writeFileSync(join(live, '1.log'), line(4, 'again'))
      if (seen.length === 4) over = true
    }
    expect(seen).toEqual(['one', 'two', 'half', 'again'])
  })
})
