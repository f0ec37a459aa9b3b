import type { MixedResult } from './mixed-load.ts'
import { mustShare, type OverloadResult } from './overload.ts'

const mebibyte = 1 << 20
const shownLosses = 20

/** A run in words and tables. */
export function renderMixed(result: MixedResult): string {
  const { kills, drains, zeros } = result.chaos
  return [
    `${result.requests} requests; ${kills} kills, ${drains} drains, ${zeros} times to zero`,
    '',
    renderTallies(result),
    '',
    renderMemory(result),
    ...result.lost
      .slice(0, shownLosses)
      .map(
        ({ kind, why, revision, startMs, endMs, pods }) =>
          `lost: ${kind} to ${revision} after ${Math.round(endMs - startMs)} ms: ${why}; reached ${pods.join(', ') || 'no pod'}`,
      ),
  ].join('\n')
}

/** What a run must not show, in words; empty when all is well. */
export function faultsOfMixed(result: MixedResult): string[] {
  const { lost, crashes } = result
  return [
    ...(lost.length > 0 ? [`${lost.length} requests lost`] : []),
    ...crashes.map(({ process, output }) => `${process} ended by itself: ${output || 'it wrote nothing'}`),
    ...faultsOfProcesses(result),
  ]
}

/** The same of a run with too many requests. */
export function faultsOfOverload(result: OverloadResult): string[] {
  const { share } = result
  const short = `${percent(share)} of what could be served was answered in time, must be ${percent(mustShare)}`
  return [...(share < mustShare ? [short] : []), ...faultsOfProcesses(result)]
}

/** A run with too many requests in words. */
export function renderOverload(result: OverloadResult): string {
  const { sent, inTime, capacity, share } = result
  return [
    `${sent} requests sent, ${inTime} answered in time: ${percent(share)} of ${capacity.toFixed(2)} a second`,
    '',
    renderMemory(result),
  ].join('\n')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function faultsOfProcesses({ leaks, memory }: Pick<MixedResult, 'leaks' | 'memory'>): string[] {
  return [
    ...Object.entries(leaks).map(([name, found]) => `${name} leaks: ${found.join('; ')}`),
    ...Object.entries(memory)
      .filter(([, { flat }]) => flat === false)
      .map(
        ([name, { early, late }]) => `${name} grew from ${inMebibytes(early)} to ${inMebibytes(late)} MiB`,
      ),
  ]
}

function renderTallies({ tallies }: MixedResult): string {
  const columns = ['answered', 'aborted', 'held', 'unlucky', 'lost'] as const
  const sums = columns.map((column) => Object.values(tallies).reduce((sum, tally) => sum + tally[column], 0))
  return table([
    [
      'requests',
      'answered',
      'given up by us',
      'held by a killed process',
      'sent to a program just killed',
      'lost',
    ],
    ...Object.entries(tallies).map(([kind, tally]) => [
      kind,
      ...columns.map((column) => String(tally[column])),
    ]),
    ['all', ...sums.map(String)],
  ])
}

function renderMemory({ memory }: Pick<MixedResult, 'memory'>): string {
  return table([
    ['resident memory, MiB', 'after warming up', 'at the end', 'most', 'flat'],
    ...Object.entries(memory).map(([name, { early, late, most, flat }]) => [
      name,
      inMebibytes(early),
      inMebibytes(late),
      inMebibytes(most),
      flat === undefined ? 'too short to tell' : flat ? 'yes' : 'no',
    ]),
  ])
}

function inMebibytes(bytes: number): string {
  return (bytes / mebibyte).toFixed(1)
}

function table([header = [], ...rows]: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
