import type { V1Pod } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { Stat } from '@knative-ts/stats'
import { sampleSize } from '@knative-ts/stats/server'
import { autoscalerErrorCodes } from '../errors.ts'
import { scrapePods } from './pod-scrape.ts'
import { scrapeService } from './service-scrape.ts'
import type { StatSource } from './stat-client.ts'

/** Whether pods can be reached by their own addresses. */
export interface MeshSettings {
  readonly mode: 'auto' | 'enabled' | 'disabled'
  /** Pods behind a mesh can be reached by address if the request names their Service. */
  readonly podAddressability: boolean
}

export interface RevisionScraperOptions {
  /** Host name of the revision's private Service. */
  host: string
  stableWindowMs: number
  readyPods: () => readonly V1Pod[]
  /** Fresh stats that pods sent by themselves, by pod name. */
  streamed: () => ReadonlyMap<string, Stat>
  source: StatSource
  mesh: MeshSettings
  clock: Clock
  /** In [0, 1). */
  random: () => number
}

const scraperName = 'service-scraper'

/**
 * Finds the load of one revision once: from what its pods stream, and by asking more pods over HTTP where
 * that is less than the sample needs.
 */
export class RevisionScraper {
  readonly #options: RevisionScraperOptions
  #podsUnreachable = false

  constructor(options: RevisionScraperOptions) {
    this.#options = options
  }

  /**
   * The load of all ready pods together, or undefined if there are none.
   * @throws AutoscalerError when too few pods could be asked
   */
  async scrape(): Promise<Stat | undefined> {
    const pods = this.#options.readyPods()
    if (pods.length === 0) return undefined
    const streamed = this.#options.streamed()
    const stats: Stat[] = []
    const silent: V1Pod[] = []
    for (const pod of pods) {
      const stat = streamed.get(pod.metadata.name ?? '')
      if (stat) stats.push(stat)
      else silent.push(pod)
    }
    const wanted = sampleSize(pods.length) - stats.length
    if (wanted <= 0) return extrapolate(stats, pods.length)
    try {
      const known = new Set(stats.map(({ podName }) => podName))
      return extrapolate([...stats, ...(await this.#ask(silent, wanted, known))], pods.length)
    } catch (error) {
      if (stats.length === 0) throw error
      return extrapolate(stats, pods.length)
    }
  }

  async #ask(pods: readonly V1Pod[], wanted: number, known: ReadonlySet<string>): Promise<Stat[]> {
    const { source, host, stableWindowMs: youngMs, mesh, clock, random } = this.#options
    const viaService = () => scrapeService({ host, wanted, youngMs, known, source })
    if (mesh.mode === 'enabled' || this.#podsUnreachable) return viaService()
    try {
      const meshHost = mesh.podAddressability ? host : undefined
      return await scrapePods({ pods, wanted, youngMs, nowMs: clock.now(), meshHost, source, random })
    } catch (error) {
      const fallBack =
        mesh.mode === 'auto' &&
        !mesh.podAddressability &&
        (error as { code?: string }).code === autoscalerErrorCodes.scrapeMesh
      if (!fallBack) throw error
      const stats = await viaService()
      this.#podsUnreachable = true
      return stats
    }
  }
}

/** The mean of the stats times the number of pods. */
function extrapolate(stats: readonly Stat[], pods: number): Stat {
  const total = { concurrent: 0, proxiedConcurrent: 0, count: 0, proxiedCount: 0 }
  for (const stat of stats) {
    total.concurrent += stat.averageConcurrentRequests
    total.proxiedConcurrent += stat.averageProxiedConcurrentRequests
    total.count += stat.requestCount
    total.proxiedCount += stat.proxiedRequestCount
  }
  const scaled = (sum: number) => (sum / stats.length) * pods
  return {
    podName: scraperName,
    averageConcurrentRequests: scaled(total.concurrent),
    averageProxiedConcurrentRequests: scaled(total.proxiedConcurrent),
    requestCount: scaled(total.count),
    proxiedRequestCount: scaled(total.proxiedCount),
    processUptime: 0,
    timestamp: 0,
  }
}
