import { writeFileSync } from 'node:fs'
import { systemClock } from '@knative-ts/clock'
import type { Logger } from '@knative-ts/observability'
import { LocalCluster } from '../start/cluster.ts'
import { colorsFor } from '../start/colors.ts'
import type { StartOptions } from '../start/options.ts'
import { componentMemory } from './component-memory.ts'
import { demoSteps } from './demo-steps.ts'

/** Runs the demo and prints one line per step. Resolves with whether every step held. */
export async function runDemo(
  root: string,
  options: StartOptions,
  logger: Logger,
  signal: AbortSignal,
): Promise<boolean> {
  const out = process.stdout
  const colors = colorsFor(out, process.env)
  const startedMs = systemClock.monotonic()
  const figures: Record<string, unknown> = {}
  const cluster = await LocalCluster.start({
    ...options,
    root,
    env: process.env,
    logger,
    onProgress: (step) => logger.info(step),
  })
  let held = true
  let running: number[] = []
  try {
    await cluster.awaitReady()
    for (const step of demoSteps(cluster, systemClock.monotonic() - startedMs)) {
      if (signal.aborted) {
        out.write(`${colors.yellow('interrupted')}\n`)
        return false
      }
      try {
        const result = await step.run()
        figures[step.name] = result.figures
        out.write(`${colors.green('✓')} ${step.title}: ${result.text}\n`)
        if (step.name === 'answered') {
          const memory = componentMemory(cluster.kubelet.processIds())
          figures['memory'] = memory
          const sum = Object.values(memory).reduce((a, b) => a + b, 0)
          const parts = Object.entries(memory).map(([name, mb]) => `${name} ${mb}`)
          out.write(`  RSS in MB: ${parts.join(', ')}; together ${sum}\n`)
        }
      } catch (error) {
        held = false
        figures[step.name] = { error: (error as Error).message }
        out.write(`${colors.red('✗')} ${step.title}: ${(error as Error).message}\n`)
        break
      }
    }
  } finally {
    running = cluster.kubelet.processIds()
    await cluster.stop()
  }
  const left = running.filter(isRunning)
  if (left.length > 0) {
    held = false
    out.write(`${colors.red('✗')} processes left: ${left.join(', ')}\n`)
  }
  const totalMs = systemClock.monotonic() - startedMs
  out.write(
    `${held ? colors.green('every step held') : colors.red('not every step held')} after ${(totalMs / 1000).toFixed(0)} s\n`,
  )
  if (options.json)
    writeFileSync(options.json, `${JSON.stringify({ held, totalMs, steps: figures }, null, 2)}\n`)
  return held
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
