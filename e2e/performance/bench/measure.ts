import type { Contender } from './contenders.ts'
import { BenchError } from './errors.ts'
import type { LoadResult, LoadTask } from './load/task.ts'
import { together } from './load/together.ts'
import type { LoadProcess } from './load-process.ts'
import type { BenchOptions } from './options.ts'
import { type Load, loads, paceMaker } from './rows.ts'

/** Results by load id, then contender, in the order of rounds. */
export type Measurements = Map<string, Map<string, LoadResult[]>>

/** Small ones, of each load and each contender, before anything is measured. */
const warmRequests = 15_000

/** Runs every load on every contender, round after round, so that what the machine does meanwhile hits all alike. */
export async function measure(
  process: LoadProcess,
  contenders: readonly Contender[],
  options: BenchOptions,
  say: (text: string) => void,
): Promise<Measurements> {
  const found: Measurements = new Map(
    loads.map((load) => [load.id, new Map(contenders.map(({ name }) => [name, []]))]),
  )
  say('warming up')
  for (const load of loads) {
    for (const contender of contenders) {
      if (runs(load, contender))
        await warmUp(process, taskFor(load, contender, options.ms / 2, paceOf(found)))
    }
  }
  for (let round = 0; round < options.rounds; round++) {
    say(`round ${round + 1} of ${options.rounds}`)
    for (const load of loads) {
      const running = contenders.filter((contender) => runs(load, contender))
      const results = await takeTurns(process, load, running, round, options.ms, paceOf(found))
      for (const [name, turns] of results) found.get(load.id)!.get(name)!.push(together(turns))
    }
  }
  return found
}

/** How much of a process is compiled for speed depends on what it has served, so the slower one gets more time for as much. */
async function warmUp(process: LoadProcess, task: LoadTask): Promise<void> {
  let left = task.body === 'small' ? warmRequests : 1
  while (left > 0) left -= (await process.run(task)).requests
}

/** One round of one load: the results of each contender's turns. */
async function takeTurns(
  process: LoadProcess,
  load: Load,
  contenders: readonly Contender[],
  round: number,
  ms: number,
  rate: number,
): Promise<Map<string, LoadResult[]>> {
  const results = new Map<string, LoadResult[]>(contenders.map(({ name }) => [name, []]))
  for (let turn = 0; turn < load.turns; turn++) {
    // Each time another one goes first.
    const order = contenders.map((_, i) => contenders[(i + round + turn) % contenders.length]!)
    for (const contender of order) {
      const task = taskFor(load, contender, ms / load.turns, rate)
      const warmMs = turn === 0 ? ms / 3 : task.warmMs
      const result = await process.run({ ...task, session: contender.name, warmMs })
      if (result.failed > 0)
        throw new BenchError(
          'LOAD_FAILED',
          `${contender.name} refused ${result.failed} requests of ${load.id}`,
        )
      results.get(contender.name)!.push(result)
    }
  }
  process.endSessions()
  return results
}

function taskFor(load: Load, contender: Contender, ms: number, rate: number): LoadTask {
  const { host, port, pid } = contender
  return { ...load, host, port, pid, ms, warmMs: ms / 3, rate }
}

function runs(load: Load, contender: Contender): boolean {
  return load.id !== 'c200' || contender.name !== 'queue-proxy cc 10'
}

/** Half of the most that Go did so far; 5,000 requests a second without Go. */
function paceOf(found: Measurements): number {
  const results = found.get(paceMaker.id)!.get('go') ?? []
  if (results.length === 0) return 5_000
  return Math.max(...results.map(({ requests, seconds }) => requests / seconds)) / 2
}
