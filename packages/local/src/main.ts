import { appendFileSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { systemClock } from '@knative-ts/clock'
import { jsonLogger } from '@knative-ts/observability'
import { localErrorCode } from './errors.ts'
import { parseOptions, type StartOptions, usage } from './start/options.ts'

const sameCtrlCMs = 1000

/** The project's folder, seen from this file's bundle or its source alike. */
const root = resolve(import.meta.dirname, '../../..')

async function main(): Promise<number> {
  if (process.argv[2] === 'envoy') {
    // For scripts: the path of Envoy, which is fetched first if need be.
    const { envoyCacheDir, findEnvoy } = await import('./envoy/find-envoy.ts')
    const log = (line: string) => process.stderr.write(`${line}\n`)
    const cacheDir = envoyCacheDir(process.env)
    process.stdout.write(`${await findEnvoy({ env: process.env, cacheDir, install: true, log })}\n`)
    return 0
  }
  const options = parseOptions(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd())
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const abort = new AbortController()
  let firstMs = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A terminal signals npm and us, and npm passes its signal on: what comes at once is the same Ctrl-C.
      if (!abort.signal.aborted) firstMs = systemClock.monotonic()
      else if (systemClock.monotonic() - firstMs > sameCtrlCMs) process.exit(1)
      abort.abort()
    })
  }
  const logger = fileLogger(options)
  if (options.command === 'demo') {
    const { runDemo } = await import('./demo/run-demo.ts')
    return (await runDemo(root, options, logger, abort.signal)) ? 0 : 1
  }
  const { runStart } = await import('./start/run-start.ts')
  await runStart(root, options, logger, abort.signal)
  return 0
}

/** The terminal belongs to the status; what the cluster's own parts log goes to a file. */
function fileLogger(options: StartOptions) {
  mkdirSync(options.dataDir, { recursive: true })
  const file = join(options.dataDir, 'local.log')
  return jsonLogger({
    name: 'local',
    level: { level: 'info' },
    write: (line) => appendFileSync(file, line),
  })
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const known = localErrorCode(error) !== undefined
    const text = error instanceof Error ? (known ? error.message : error.stack) : String(error)
    process.stderr.write(`error: ${text}\n`)
    process.exit(1)
  },
)
