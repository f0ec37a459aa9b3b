/** `npm run e2e`: runs the suites against the cluster that KUBECONFIG points to. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { namespaces } from '@knative-ts/apis'
import { HttpKubeClient, isNotFound, type KubeClient, loadKubeConnection } from '@knative-ts/kube'
import { runCLI } from 'jest'
import { E2eError } from './harness/errors.ts'
import { findGateway } from './harness/find-gateway.ts'
import { Gateway } from './harness/gateway.ts'
import { runLabel } from './harness/settings.ts'
import { type FileResult, junitReport } from './junit.ts'
import { type Options, parseOptions, usage } from './options.ts'

const root = resolve(import.meta.dirname, '..')

/** Files that change the whole cluster run alone, after all others. */
const stages = [
  { pattern: '^(?!.*\\.disruptive\\.e2e\\.ts$)', workers: (options: Options) => options.parallel },
  { pattern: '\\.disruptive\\.e2e\\.ts$', workers: () => 1 },
]

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const client = new HttpKubeClient(loadKubeConnection(process.env), 'e2e')
  try {
    const gateway = await reachable(client, options)
    const run = runName()
    process.stdout.write(`testing ${gateway} with images ${options.imageRepo}/…\n`)
    Object.assign(process.env, {
      E2E_GATEWAY: gateway,
      E2E_RUN: run,
      E2E_IMAGE_REPO: options.imageRepo,
      ...(options.imageTag === undefined ? {} : { E2E_IMAGE_TAG: options.imageTag }),
    })
    for (const [signal, status] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      process.once(signal, () => void removeNamespaces(client, run).finally(() => process.exit(status)))
    }
    try {
      const files = await runSuites(options)
      if (options.junit !== undefined) writeFileSync(resolve(options.junit), junitReport(files, root))
      return summary(files)
    } finally {
      await removeNamespaces(client, run)
    }
  } finally {
    await client.close()
  }
}

const runName = () => process.pid.toString(36) + Math.floor(Math.random() * 36 ** 4).toString(36)

/** The gateway, after a look whether it and the API answer. */
async function reachable(client: KubeClient, options: Options): Promise<string> {
  await client.getPath('/version').catch((error: unknown) => {
    throw new E2eError(
      'UNREACHABLE',
      `the Kubernetes API does not answer: ${(error as Error).message}`,
      error,
    )
  })
  await client.getPath('/apis/serving.knative.dev/v1').catch((error: unknown) => {
    throw new E2eError('UNREACHABLE', 'there is no Knative Serving in this cluster; install it first', error)
  })
  const origin = options.gateway ?? (await findGateway(client))
  const gateway = new Gateway(origin)
  try {
    await gateway.get(`${origin}/`)
  } catch (error) {
    throw new E2eError(
      'UNREACHABLE',
      `the gateway ${origin} does not answer (${(error as Error).message}); name the right one with --gateway URL`,
      error,
    )
  } finally {
    await gateway.close()
  }
  return origin
}

async function runSuites(options: Options): Promise<FileResult[]> {
  const files: FileResult[] = []
  for (const { pattern, workers } of stages) {
    const paths = options.paths.length > 0 ? `(?=.*(?:${options.paths.join('|')}))` : ''
    const { results } = await runCLI(
      {
        _: [],
        $0: 'e2e',
        config: resolve(root, 'e2e/jest.config.js'),
        testPathPatterns: [pattern.startsWith('^') ? `${pattern}${paths}` : `^${paths}.*${pattern}`],
        ...(options.grep === undefined ? {} : { testNamePattern: options.grep }),
        maxWorkers: workers(options),
        passWithNoTests: true,
        verbose: true,
      },
      [root],
    )
    files.push(...results.testResults)
  }
  return files
}

/** Says what failed and what did not apply; returns the exit code. */
function summary(files: readonly FileResult[]): number {
  const all = files.flatMap(({ testResults }) => testResults)
  const named = (wanted: string) =>
    all
      .filter(({ status }) => status === wanted)
      .map(({ ancestorTitles, title }) => `  ${[...ancestorTitles, title].join(' › ')}`)
  const notApplicable = named('pending').filter((name) => name.includes('[not applicable: '))
  if (notApplicable.length > 0) {
    process.stdout.write(
      `\nNot applicable to this cluster (${notApplicable.length}):\n${notApplicable.join('\n')}\n`,
    )
  }
  const failed = named('failed')
  const broken = files.filter(({ testResults, failureMessage }) => testResults.length === 0 && failureMessage)
  for (const { testFilePath } of broken) failed.push(`  ${testFilePath} does not load`)
  if (failed.length > 0) process.stdout.write(`\nFailed (${failed.length}):\n${failed.join('\n')}\n`)
  const passed = named('passed').length
  process.stdout.write(
    `\n${passed} passed, ${failed.length} failed, ${notApplicable.length} not applicable\n`,
  )
  return failed.length > 0 ? 1 : 0
}

async function removeNamespaces(client: KubeClient, run: string): Promise<void> {
  const { items } = await client.list(namespaces, { labelSelector: `${runLabel}=${run}` })
  for (const { metadata } of items) {
    if (metadata.deletionTimestamp) continue
    await client.delete(namespaces, '', metadata.name ?? '').catch((error: unknown) => {
      if (!isNotFound(error)) throw error
    })
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`error: ${error instanceof E2eError ? error.message : (error as Error).stack}\n`)
  process.exitCode = 1
}
