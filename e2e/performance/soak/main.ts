/**
 * `npm run soak`: an activator, queue-proxies and user containers, as processes, under requests of every kind for as long as
 * wanted, while pods are killed and drained. Exits 1 if a request was lost that no killed process held, if a process died by itself,
 * if anything is still held afterwards, or if memory grew.
 */
import { writeFileSync } from 'node:fs'
import { runMixedLoad } from './mixed-load.ts'
import { readOptions, type SoakOptions, usage } from './options.ts'
import { runOverload } from './overload.ts'
import { Progress } from './progress.ts'
import { faultsOfMixed, faultsOfOverload, renderMixed, renderOverload } from './report.ts'

const progress = new Progress(process.stderr, 15)

async function soak(args: string[]): Promise<number> {
  const options = readOptions(args)
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort())
  process.once('SIGTERM', () => interrupted.abort())
  const { result, faults, text } = await run(options, interrupted.signal)
  process.stdout.write(`${text}\n`)
  if (options.jsonFile)
    writeFileSync(options.jsonFile, `${JSON.stringify({ options, faults, ...result }, null, 2)}\n`)
  for (const fault of faults) progress.say(`fault: ${fault}`)
  return faults.length > 0 ? 1 : 0
}

async function run(
  options: SoakOptions,
  interrupted: AbortSignal,
): Promise<{ result: object; faults: string[]; text: string }> {
  if (options.overload) {
    const result = await runOverload(options, interrupted, progress)
    return { result, faults: faultsOfOverload(result), text: renderOverload(result) }
  }
  const result = await runMixedLoad(options, interrupted, progress)
  return { result, faults: faultsOfMixed(result), text: renderMixed(result) }
}

if (process.argv.includes('--help')) process.stdout.write(usage)
else {
  try {
    process.exitCode = await soak(process.argv.slice(2))
  } catch (error) {
    progress.say(error instanceof Error ? error.message : String(error))
    process.exitCode = 2
  }
}
