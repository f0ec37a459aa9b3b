import type { LoadResult } from './load/task.ts'
import type { Measurements } from './measure.ts'
import { type Row, rows } from './rows.ts'

/** One contender's place in one row. */
export interface Cell {
  readonly median: number
  readonly least: number
  readonly most: number
  /** Of medians, to Go's; undefined without Go. */
  readonly ratio: number | undefined
}

/** One row with what was measured, by contender. */
export interface FilledRow {
  readonly name: string
  readonly unit: string
  readonly must: number
  readonly aim: number
  readonly more: boolean
  readonly cells: Readonly<Record<string, Cell>>
}

/** Boils rounds down to medians, spreads and ratios. */
export function fillRows(found: Measurements): FilledRow[] {
  return rows.map((row) => {
    const byContender = found.get(row.load.id)!
    const direct = byContender.get('direct') ?? []
    const values = new Map<string, number[]>()
    for (const [name, results] of byContender) {
      if (results.length > 0) values.set(name, valuesOf(row, results, direct))
    }
    const go = values.get('go')
    const cells: Record<string, Cell> = {}
    for (const [name, all] of values) {
      const middle = median(all)
      cells[name] = {
        median: middle,
        least: Math.min(...all),
        most: Math.max(...all),
        ratio: go && middle / median(go),
      }
    }
    const { unit, more } = row.metric
    return { name: row.name, unit, more, must: row.must, aim: row.aim, cells }
  })
}

/** Rows in which a queue-proxy falls short of a "must", in words. */
export function shortfalls(filled: readonly FilledRow[]): string[] {
  return filled.flatMap((row) =>
    Object.entries(row.cells)
      .filter(
        ([name, { ratio }]) => name.startsWith('queue-proxy') && ratio !== undefined && !holds(row, ratio),
      )
      .map(
        ([name, { ratio }]) =>
          `${row.name}: ${name} is ${ratio!.toFixed(2)}× Go, must be ${bound(row, row.must)}`,
      ),
  )
}

/** The table as Markdown: `median (least–most) ratio×` for each contender. */
export function renderTable(filled: readonly FilledRow[]): string {
  const names = [...new Set(filled.flatMap(({ cells }) => Object.keys(cells)))]
  const lines = [
    ['', 'must', 'aim', ...names],
    ['---', '---', '---', ...names.map(() => '---')],
    ...filled.map((row) => [
      `${row.name} (${row.unit})`,
      bound(row, row.must),
      bound(row, row.aim),
      ...names.map((name) => renderCell(row.cells[name])),
    ]),
  ]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function renderCell(cell: Cell | undefined): string {
  if (!cell) return '–'
  const ratio = cell.ratio === undefined ? '' : ` **${cell.ratio.toFixed(2)}×**`
  return `${figure(cell.median)} (${figure(cell.least)}–${figure(cell.most)})${ratio}`
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1)
}

function bound(row: FilledRow, limit: number): string {
  return `${row.more ? '≥' : '≤'} ${limit}×`
}

function holds(row: FilledRow, ratio: number): boolean {
  return row.more ? ratio >= row.must : ratio <= row.must
}

function valuesOf(row: Row, results: readonly LoadResult[], direct: readonly LoadResult[]): number[] {
  return results.map((result, round) => row.metric.of(result, direct[round]))
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
