import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { conditionOf, services } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import type { Logger } from '@knative-ts/observability'
import { LocalError } from '../errors.ts'
import { gatewayPort, LocalCluster } from './cluster.ts'
import { colorsFor } from './colors.ts'
import { showLiveStatus } from './live-status.ts'
import { parseManifests } from './manifests.ts'
import type { StartOptions } from './options.ts'
import { progressLine } from './progress.ts'
import { externalUrl } from './status-table.ts'

const sampleTimeoutMs = 60_000

/** `npm start`: a cluster with a sample, and its live status until `signal` aborts. */
export async function runStart(
  root: string,
  options: StartOptions,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const out = process.stdout
  const colors = colorsFor(out, process.env)
  const progress = progressLine(out, colors, systemClock)
  const cluster = await LocalCluster.start({
    ...options,
    root,
    env: process.env,
    logger,
    onProgress: progress.step,
  })
  try {
    await untilAborted(signal, cluster.awaitReady())
    let url = ''
    if (options.sample) {
      progress.step('starting the sample Service')
      url = await untilAborted(signal, applySample(cluster, join(root, 'samples/hello/service.yaml')))
    }
    progress.done('Knative is ready')
    out.write(`${introduction(cluster.kubeconfigPath, url, options.address, colors.bold)}\n\n`)
    await showLiveStatus(
      {
        informers: cluster.informers,
        clock: systemClock,
        colors,
        out,
        address: options.address,
        gatewayPort,
      },
      signal,
    )
  } finally {
    out.write('\nstopping…\n')
    await cluster.stop()
    out.write(`stopped; state is kept in ${options.dataDir}\n`)
  }
}

async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(new LocalError('NOT_READY', 'interrupted before the cluster was ready'))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  return Promise.race([work, aborted])
}

/** Applies a Service and returns its URL once it is ready. */
async function applySample(cluster: LocalCluster, file: string): Promise<string> {
  const [object] = parseManifests(readFileSync(file, 'utf8'))
  if (!object) throw new LocalError('MANIFESTS_MISSING', `${file} holds no object`)
  object.metadata.namespace = 'default'
  await cluster.applier.apply([object])
  const deadlineMs = systemClock.monotonic() + sampleTimeoutMs
  while (systemClock.monotonic() < deadlineMs) {
    const service = await cluster.client.get(services, 'default', object.metadata.name ?? '')
    const current = service.status?.observedGeneration === service.metadata.generation
    if (current && conditionOf(service.status, 'Ready')?.status === 'True') {
      return externalUrl(service.status?.url, gatewayPort)
    }
    await systemClock.sleep(50)
  }
  throw new LocalError(
    'NOT_READY',
    `the sample Service did not become ready; look with "KUBECONFIG=${cluster.kubeconfigPath} kubectl describe ksvc ${object.metadata.name}"`,
  )
}

function introduction(
  kubeconfig: string,
  url: string,
  address: string,
  bold: (text: string) => string,
): string {
  // Names below localhost lead to 127.0.0.1.
  const elsewhere = address === '127.0.0.1' ? '' : `--connect-to ::${address}:${gatewayPort} `
  const name = url ? new URL(url).hostname.split('.')[0] : 'hello'
  return [
    ...(url ? [`  URL         ${bold(url)}`] : []),
    `  KUBECONFIG  ${bold(kubeconfig)}`,
    '',
    '  Try, in another terminal:',
    `    export KUBECONFIG=${kubeconfig}`,
    ...(url ? [`    curl ${elsewhere}${url}`] : []),
    '    kubectl get ksvc,revision,podautoscaler',
    `    kubectl patch ksvc ${name} --type merge -p '{"spec":{"template":{"spec":{"containers":[{"image":"dev.local/hello","env":[{"name":"TARGET","value":"you"}]}]}}}}'`,
    '',
    '  Ctrl-C stops everything.',
  ].join('\n')
}
