import type { Contender } from './contenders.ts'
import type { LoadResult, LoadTask } from './load/task.ts'
import type { LoadProcess } from './load-process.ts'
import type { BenchOptions } from './options.ts'
import { type Load, loads, paceMaker } from './rows.ts'
import { takeTurns } from './take-turns.ts'

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
      const rate = paceOf(found)
      const results = await takeTurns(running, round, load.turns, (contender, turn) => {
        const task = taskFor(load, contender, options.ms / load.turns, rate)
        const warmMs = turn === 0 ? options.ms / 3 : task.warmMs
        return process.run({ ...task, session: contender.name, warmMs })
      })
      process.endSessions()
      for (const [name, result] of results) found.get(load.id)!.get(name)!.push(result)
    }
  }
  return found
}

/** How much of a process is compiled for speed depends on what it has served, so the slower one gets more time for as much. */
async function warmUp(process: LoadProcess, task: LoadTask): Promise<void> {
  let left = task.body === 'small' ? warmRequests : 1
  while (left > 0) left -= (await process.run(task)).requests
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
