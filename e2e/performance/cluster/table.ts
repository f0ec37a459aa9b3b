import { type Row, rowsFor } from './rows.ts'

/** What was measured, by id of a row. */
export type Figures = ReadonlyMap<string, number>

export interface FilledRow extends Row {
  readonly value: number
}

/** The rows of which something is known. */
export function fillRows(figures: Figures, services: number): FilledRow[] {
  return rowsFor(services).flatMap((row) => {
    const value = figures.get(row.id)
    return value === undefined || Number.isNaN(value) ? [] : [{ ...row, value }]
  })
}

/** Rows that fall short of a "must", in words. */
export function shortfalls(filled: readonly FilledRow[]): string[] {
  return filled
    .filter(({ must, more, value }) => must !== undefined && (more ? value < must : value > must))
    .map((row) => `${row.name}: ${figure(row.value)} ${row.unit}, must be ${bound(row, row.must)}`)
}

/** The table as Markdown. */
export function renderTable(filled: readonly FilledRow[]): string {
  const lines = [
    ['', 'upstream', 'must', 'aim', 'measured'],
    ['---', '---', '---', '---', '---'],
    ...filled.map((row) => [
      `${row.name} (${row.unit})`,
      row.upstream === undefined ? '' : figure(row.upstream),
      bound(row, row.must),
      bound(row, row.aim),
      figure(row.value),
    ]),
  ]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1).replace(/\.0$/, '')
}

function bound({ more }: Row, limit: number | undefined): string {
  return limit === undefined ? '' : `${more ? '≥' : '≤'} ${figure(limit)}`
}
