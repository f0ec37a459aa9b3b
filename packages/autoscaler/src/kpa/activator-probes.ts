import { request } from 'node:http'
import {
  activatorProbeValue,
  autoscalingProbeUserAgent,
  type PodAutoscaler,
  probeHeaderName,
  serviceHostname,
  serviceHTTP2Port,
  serviceHTTPPort,
} from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'

const probeTimeoutMs = 1000
const probeEveryMs = 1000
const probeForMs = 45_000
/** After an asynchronous probe has ended the reconciler looks again, whatever the outcome. */
const lookAgainMs = 1000

/** Whether the URL is answered by an activator. */
export type ProbeActivator = (url: string, signal: AbortSignal) => Promise<boolean>

export interface ActivatorProbesOptions {
  clock: Clock
  clusterDomain: string
  probe?: ProbeActivator
  /** Puts the PodAutoscaler back into the queue after a delay. */
  enqueueAfter: (pa: PodAutoscaler, delayMs: number) => void
}

/** Finds out whether activators answer in place of a target that is to go. */
export class ActivatorProbes {
  readonly #options: ActivatorProbesOptions
  readonly #probe: ProbeActivator
  readonly #running = new Set<string>()
  readonly #stopping = new AbortController()

  constructor(options: ActivatorProbesOptions) {
    this.#options = options
    this.#probe = options.probe ?? probeOverHttp
  }

  /** One probe, now. */
  async once(pa: PodAutoscaler): Promise<boolean> {
    const url = this.#url(pa)
    if (url === undefined) return false
    const { clock } = this.#options
    const abort = new AbortController()
    const timer = clock.after(probeTimeoutMs, () => abort.abort())
    try {
      return await this.#probe(url, AbortSignal.any([abort.signal, this.#stopping.signal]))
    } catch {
      return false
    } finally {
      timer.cancel()
    }
  }

  /** Probes every second until the activator answers or 45 s have passed, one series per target. */
  keepProbing(pa: PodAutoscaler): void {
    const url = this.#url(pa)
    if (url === undefined || this.#running.has(url)) return
    this.#running.add(url)
    void this.#series(pa).finally(() => {
      this.#running.delete(url)
      if (!this.#stopping.signal.aborted) this.#options.enqueueAfter(pa, lookAgainMs)
    })
  }

  /** Ends every series. */
  close(): void {
    this.#stopping.abort()
  }

  async #series(pa: PodAutoscaler): Promise<void> {
    const { clock } = this.#options
    const deadlineMs = clock.monotonic() + probeForMs
    while (!(await this.once(pa)) && clock.monotonic() + probeEveryMs <= deadlineMs) {
      try {
        await clock.sleep(probeEveryMs, this.#stopping.signal)
      } catch {
        return
      }
    }
  }

  #url(pa: PodAutoscaler): string | undefined {
    const serviceName = pa.status?.serviceName
    if (!serviceName) return undefined
    const host = serviceHostname(serviceName, pa.metadata.namespace ?? '', this.#options.clusterDomain)
    const port = pa.spec.protocolType === 'h2c' ? serviceHTTP2Port : serviceHTTPPort
    return `http://${host}:${port}//healthz`
  }
}

/** Asks a URL whether an activator answers there, on a connection of its own. */
export function probeOverHttp(url: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = request(url, {
      agent: false,
      signal,
      headers: { 'user-agent': autoscalingProbeUserAgent, [probeHeaderName]: activatorProbeValue },
    })
    probe.once('error', reject)
    probe.once('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.once('error', reject)
      response.on('data', (text: string) => {
        body += text
      })
      response.once('end', () => resolve(body === activatorProbeValue && response.statusCode === 200))
    })
    probe.end()
  })
}
