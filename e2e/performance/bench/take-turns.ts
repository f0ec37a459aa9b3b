import { BenchError } from './errors.ts'
import type { LoadResult } from './load/task.ts'
import { together } from './load/together.ts'

/**
 * One round: contenders take turns `turns` times, and each time another one goes first. What the machine does meanwhile hits all alike.
 * @returns by contender, what its turns say together
 * @throws BenchError LOAD_FAILED, when a request was refused
 */
export async function takeTurns<C extends { readonly name: string }>(
  contenders: readonly C[],
  round: number,
  turns: number,
  run: (contender: C, turn: number) => Promise<LoadResult>,
): Promise<Map<C['name'], LoadResult>> {
  const results = new Map<C['name'], LoadResult[]>(contenders.map(({ name }) => [name, []]))
  for (let turn = 0; turn < turns; turn++) {
    for (const i of contenders.keys()) {
      const contender = contenders[(i + round + turn) % contenders.length]!
      const result = await run(contender, turn)
      if (result.failed > 0)
        throw new BenchError('LOAD_FAILED', `${contender.name} refused ${result.failed} requests`)
      results.get(contender.name)!.push(result)
    }
  }
  return new Map([...results].map(([name, taken]) => [name, together(taken)]))
}
