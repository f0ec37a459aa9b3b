import { services } from '@knative-ts/apis'
import { cpuBetween, readUsage } from './component-usage.ts'
import { MeasurementError } from './errors.ts'
import { percentile } from './percentile.ts'
import type { Surroundings } from './surroundings.ts'
import { createReady, inNamespace, tinyService } from './tiny-service.ts'
import { type LoadReport, runWrk } from './wrk.ts'

const connections = 50
const times = 3
const warmSeconds = 4

/** By the burst capacity that keeps the activator out of the path, or in it. */
const paths = { direct: '0', proxied: '-1' } as const

/** Load through the gateway with the activator out of the path and in it, taking turns; medians are kept. */
export async function measureRequests({
  client,
  options,
  gateway,
  say,
  keep,
  keepSamples,
}: Surroundings): Promise<void> {
  await inNamespace(client, 'perf-requests', async (namespace, observed) => {
    const all = Object.entries(paths).map(([name, capacity]) =>
      tinyService(namespace, name, options.image, {
        'autoscaling.knative.dev/min-scale': '1',
        'autoscaling.knative.dev/max-scale': '1',
        'autoscaling.knative.dev/target-burst-capacity': capacity,
      }),
    )
    await createReady(client, observed, all)
    const found = new Map<string, { report: LoadReport; cpuUs: ReadonlyMap<string, number> }[]>()
    for (let round = 0; round <= times; round++) {
      for (const path of Object.keys(paths)) {
        const { status } = await client.get(services, namespace, path)
        const host = new URL(status?.url ?? '').hostname
        const before = await readUsage(client)
        const report = await runWrk(
          gateway,
          host,
          connections,
          round === 0 ? warmSeconds : options.loadSeconds,
        )
        if (report.failed > 0) {
          throw new MeasurementError(
            'LOAD_FAILED',
            `${report.failed} of ${report.requests} requests to ${path} failed`,
          )
        }
        if (round === 0) continue
        say(`${path}: ${Math.round(report.rate)} requests/s, p50 ${report.p50Ms} ms, p99 ${report.p99Ms} ms`)
        const cpuUs = cpuBetween(before, await readUsage(client))
        found.set(path, [...(found.get(path) ?? []), { report, cpuUs }])
      }
    }
    for (const [path, results] of found) {
      const median = (id: string, read: (result: (typeof results)[number]) => number) => {
        keepSamples(`${path}.${id}`, results.map(read))
        keep(`${path}.${id}`, percentile(results.map(read), 0.5))
      }
      median('rate', ({ report }) => report.rate)
      median('p50', ({ report }) => report.p50Ms)
      median('p99', ({ report }) => report.p99Ms)
      for (const component of ['queue-proxy', 'activator', '3scale-kourier-gateway', 'user-container']) {
        median(
          `cpu.${component}`,
          ({ report, cpuUs }) => (cpuUs.get(component) ?? Number.NaN) / report.requests,
        )
      }
    }
  })
}
