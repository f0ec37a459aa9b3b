/**
 * `npm run test:cluster`: in a cluster of its own, installs the chart, serves a Service from zero, replaces every component,
 * serves again, uninstalls, and looks whether anything but the definitions is left. Where no such cluster can be, it says so and passes.
 */
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { systemClock } from '@knative-ts/clock'
import { root } from '../workspace.ts'
import { ClusterTools } from './cluster-tools.ts'
import { digestOfImages, installation, loadComponents } from './installation.ts'
import { leftovers, type ObjectName } from './leftovers.ts'
import { defaultCache, removeSeparateKubelet, separateKubelet } from './separate-kubelet.ts'

const {
  CLUSTER_TOOLS = '../shared/cluster',
  KCLUSTER_NAME: name = 'knative-ts-smoke',
  KCLUSTER_CACHE: cache = defaultCache,
} = process.env
const namespaces = ['knative-serving', 'kourier-system']
const release = ['knative-ts', '--namespace', 'knative-serving']
/** How long what was uninstalled may take to end, as pods do. */
const goneWithinMs = 60_000

const startMs = systemClock.monotonic()
let interrupted = false

function say(text: string): void {
  const seconds = ((systemClock.monotonic() - startMs) / 1000).toFixed(1).padStart(6)
  process.stdout.write(`smoke ${seconds} s  ${text}\n`)
}

/** Why the smoke can't run here, undefined if it can. */
function reasonToLeaveOut(): string | undefined {
  if (!existsSync(join(resolve(root, CLUSTER_TOOLS), 'up'))) return `no ${CLUSTER_TOOLS} here`
  if (process.getuid?.() !== 0) return 'a cluster needs root'
  return undefined
}

async function main(): Promise<void> {
  const reason = reasonToLeaveOut()
  if (reason !== undefined) return say(`${reason}: smoke left out`)
  const cluster = new ClusterTools(CLUSTER_TOOLS)
  say('building Kubernetes, unless it was built before')
  try {
    cluster.build()
  } catch (error) {
    await systemClock.sleep(0)
    if (interrupted) throw error
    return say(`a cluster can't be built here (${(error as Error).message}): smoke left out`)
  }
  const own = mkdtempSync(join(tmpdir(), `${name}-`))
  separateKubelet(own, cache, name)
  Object.assign(process.env, { KCLUSTER_NAME: name, KCLUSTER_CACHE: own })
  try {
    if (!(await startCluster(cluster))) return
    await smoke(cluster)
    say('all is well')
  } catch (error) {
    if (!interrupted) explain(cluster)
    throw error
  } finally {
    takeDown(cluster)
    removeSeparateKubelet(own, name)
  }
}

function takeDown(cluster: ClusterTools): void {
  say('taking the cluster down')
  try {
    cluster.down()
    say('down')
  } catch (error) {
    say((error as Error).message)
  }
}

/** False where Kubernetes itself does not come up: nothing of ours has run by then. */
async function startCluster(cluster: ClusterTools): Promise<boolean> {
  try {
    await step('starting a cluster', () => cluster.up())
    return true
  } catch (error) {
    if (interrupted) throw error
    say(`a cluster can't be started here (${(error as Error).message}): smoke left out`)
    return false
  }
}

async function smoke(cluster: ClusterTools): Promise<void> {
  const tag = `smoke-${digestOfImages()}`
  const before = objectsOf(cluster)
  await step('building the images', () => loadComponents(cluster, tag))
  await step('installing', () => cluster.enter('helm', ...installation(tag)))
  await step('serving from zero', () => cluster.enter('helm', 'test', ...release))
  await step('replacing every component', () => replaceAll(cluster))
  await step('serving from zero', () => cluster.enter('helm', 'test', ...release))
  await step('uninstalling', () =>
    cluster.enter('helm', 'uninstall', ...release, '--wait', '--timeout', '2m'),
  )
  await step('looking for leftovers', () => expectNothingLeft(cluster, before))
}

/** @throws Error when the run was interrupted meanwhile: signals are heard between steps */
async function step(what: string, work: () => void | Promise<void>): Promise<void> {
  say(what)
  try {
    await work()
  } finally {
    await systemClock.sleep(0) // lets signals in
    if (interrupted) say('interrupted')
  }
  if (interrupted) throw new Error(`interrupted while ${what}`)
}

function replaceAll(cluster: ClusterTools): void {
  for (const namespace of namespaces) {
    cluster.enter('kubectl', 'rollout', 'restart', 'deployment', '--namespace', namespace)
  }
  for (const namespace of namespaces) {
    cluster.enter('kubectl', 'rollout', 'status', 'deployment', '--namespace', namespace, '--timeout', '90s')
  }
}

function objectsOf(cluster: ClusterTools): ObjectName[] {
  const resources = cluster.read('kubectl', 'api-resources', '--verbs', 'list', '--output', 'name')
  const types = resources.trim().split('\n').join(',')
  const line = '{range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name}{"\\n"}{end}'
  const text = cluster.read('kubectl', 'get', types, '--all-namespaces', '--output', `jsonpath=${line}`)
  return text.split('\n').filter(Boolean)
}

async function expectNothingLeft(cluster: ClusterTools, before: readonly ObjectName[]): Promise<void> {
  const deadlineMs = systemClock.monotonic() + goneWithinMs
  for (;;) {
    const left = leftovers(before, objectsOf(cluster))
    if (left.length === 0) return
    if (systemClock.monotonic() > deadlineMs) {
      throw new Error(`the uninstallation left ${left.length} objects:\n${left.join('\n')}`)
    }
    await systemClock.sleep(1_000)
  }
}

/** Prints what the components said and what happened, as far as that can still be asked. */
function explain(cluster: ClusterTools): void {
  const ask = (...command: string[]) => {
    try {
      process.stdout.write(`\n$ ${command.join(' ')}\n${cluster.read(...command)}`)
    } catch (error) {
      process.stdout.write(`${(error as Error).message}\n`)
    }
  }
  ask('tail', '--lines', '30', `/var/lib/${name}/log/kubelet.log`)
  ask('kubectl', 'get', 'pods', '--all-namespaces', '--output', 'wide')
  ask('kubectl', 'get', 'events', '--all-namespaces', '--sort-by', '.lastTimestamp')
  ask(
    'kubectl',
    'get',
    'ksvc,configurations,revisions,routes,podautoscalers,sks,kingress',
    '--all-namespaces',
  )
  for (const namespace of namespaces) {
    const logs = ['logs', '--all-containers', '--prefix', '--tail', '200', '--ignore-errors']
    ask('kubectl', ...logs, '--namespace', namespace, '--selector', 'app')
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true
  })
}

try {
  await main()
} catch (error) {
  say(`failed: ${(error as Error).message}`)
  process.exitCode = 1
}
