import { systemClock } from '@knative-ts/clock'
import { jsonLogger, type LevelSwitch, onTermination } from '@knative-ts/observability'
import { WorkerLink } from './workers/worker-link.ts'
import { readWorkerCount } from './workers/worker-share.ts'

const level: LevelSwitch = { level: 'info' }
const logger = jsonLogger({
  name: 'activator',
  level,
  fields: { 'knative.dev/pod': process.env['POD_NAME'] ?? '' },
})

/** One process serves, or several that another one starts; resolves to the exit code. */
async function main(): Promise<number> {
  const workers = readWorkerCount(process.env)
  const link = WorkerLink.ofThisProcess(workers)
  const termination = link?.termination ?? onTermination()
  if (workers > 1 && !link) {
    const { superviseWorkers } = await import('./workers/supervise-workers.ts')
    return superviseWorkers(workers, systemClock, logger, termination)
  }
  const { runActivator } = await import('./run-activator.ts')
  await runActivator({
    clock: systemClock,
    logger: link ? logger.child({ worker: link.share.index }) : logger,
    level,
    termination,
    link,
  })
  return 0
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    logger.error('the activator cannot run', { error })
    process.exit(1)
  },
)
