import type { Stat } from '@knative-ts/stats'
import { AutoscalerError, autoscalerErrorCodes } from '../errors.ts'
import type { StatSource } from './stat-client.ts'

const maxTries = 10

export interface ServiceScrape {
  /** Host name of the Service, behind which any pod may answer. */
  readonly host: string
  readonly wanted: number
  /** Stats of processes younger than this are used last. */
  readonly youngMs: number
  /** Names of pods whose stat is known already. */
  readonly known: ReadonlySet<string>
  readonly source: StatSource
}

/**
 * Asks a Service again and again until as many different pods as wanted have answered.
 * @throws AutoscalerError `AUTOSCALER_SCRAPE_UNSCRAPED` if too few different pods answered, else
 *   `AUTOSCALER_SCRAPE_FAILED`
 */
export async function scrapeService(scrape: ServiceScrape): Promise<Stat[]> {
  const seen = new Set(scrape.known)
  const old: Stat[] = []
  const young: Stat[] = []
  const ask = async (): Promise<AutoscalerError | undefined> => {
    for (let tries = 1; ; tries++) {
      try {
        const stat = await fetchUnseen(scrape, seen)
        if (stat.processUptime * 1000 >= scrape.youngMs) {
          old.push(stat)
          return undefined
        }
        if (young.length < scrape.wanted) young.push(stat)
      } catch (error) {
        if (tries >= maxTries) return error as AutoscalerError
      }
    }
  }
  const errors = await Promise.all(Array.from({ length: scrape.wanted }, ask))
  const error =
    errors.find((e) => e && e.code !== autoscalerErrorCodes.scrapeUnscraped) ?? errors.find(Boolean)
  const enough = old.length + young.length >= scrape.wanted
  if (error && !(enough && error.code === autoscalerErrorCodes.scrapeUnscraped)) {
    throw new AutoscalerError(
      error.code,
      `unsuccessful scrape, sampleSize=${scrape.wanted}: ${error.message}`,
    )
  }
  return [...old, ...young].slice(0, scrape.wanted)
}

async function fetchUnseen({ source, host }: ServiceScrape, seen: Set<string>): Promise<Stat> {
  const stat = await source.fetch(host, { keepAlive: false })
  if (seen.has(stat.podName)) {
    throw new AutoscalerError(
      autoscalerErrorCodes.scrapeUnscraped,
      'did not receive stat from an unscraped pod',
    )
  }
  seen.add(stat.podName)
  return stat
}
