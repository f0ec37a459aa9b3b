import { pods, revisions, services } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { InformerFactory } from '@knative-ts/kube'
import type { Colors } from './colors.ts'
import { gatewayConcurrency } from './gateway-concurrency.ts'
import { statusLines } from './status-table.ts'

export interface LiveStatusOptions {
  informers: InformerFactory
  clock: Clock
  colors: Colors
  out: NodeJS.WriteStream
  address: string
  gatewayPort: number
}

const periodMs = 1000
const escapeCode = '\x1b'
const colorCode = new RegExp(`(${escapeCode}\\[\\d+m)`)

/**
 * Shows Services, revisions, pods and requests in flight until `signal` aborts: redrawn in place on a
 * terminal, printed again whenever it has changed otherwise.
 */
export async function showLiveStatus(options: LiveStatusOptions, signal: AbortSignal): Promise<void> {
  const { informers, clock, colors, out, address, gatewayPort } = options
  const serviceInformer = informers.informer(services)
  const revisionInformer = informers.informer(revisions)
  const podInformer = informers.informer(pods)
  await Promise.all([serviceInformer.synced(), revisionInformer.synced()])
  let drawn: string[] = []
  while (!signal.aborted) {
    const lines = statusLines(
      {
        services: serviceInformer.lister.list(),
        revisions: revisionInformer.lister.list(),
        pods: podInformer.lister.list(),
        concurrency: await gatewayConcurrency(address),
        gatewayPort,
      },
      colors,
    )
    if (lines.join('\n') !== drawn.join('\n')) {
      if (out.isTTY) out.write(drawn.length > 0 ? `\x1b[${drawn.length}F\x1b[J` : '')
      const width = out.isTTY ? out.columns || 200 : Number.POSITIVE_INFINITY
      out.write(`${lines.map((line) => cut(line, width)).join('\n')}\n`)
      drawn = lines
    }
    await clock.sleep(periodMs, signal).catch(() => undefined)
  }
}

/** A line that wrapped would be counted as one and leave its rest behind; colour codes take no room. */
function cut(line: string, width: number): string {
  let shown = 0
  let result = ''
  for (const part of line.split(colorCode)) {
    if (part.startsWith(escapeCode)) result += part
    else {
      result += part.slice(0, Math.max(0, width - shown))
      shown += part.length
    }
  }
  return result
}
