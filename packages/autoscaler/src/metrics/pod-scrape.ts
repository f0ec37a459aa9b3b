import type { V1Pod } from '@knative-ts/apis'
import type { Stat } from '@knative-ts/stats'
import { AutoscalerError, autoscalerErrorCodes } from '../errors.ts'
import type { StatSource } from './stat-client.ts'

export interface PodScrape {
  readonly pods: readonly V1Pod[]
  /** How many stats are wanted; at most as many as there are pods. */
  readonly wanted: number
  /** Pods younger than this are asked last. */
  readonly youngMs: number
  readonly nowMs: number
  readonly meshHost: string | undefined
  readonly source: StatSource
  readonly random: () => number
}

/**
 * Asks single pods until as many as wanted have answered, old pods before young ones.
 * @throws AutoscalerError `AUTOSCALER_SCRAPE_MESH` if all answers looked like a mesh's, else
 *   `AUTOSCALER_SCRAPE_FAILED` if there are too few
 */
export async function scrapePods(scrape: PodScrape): Promise<Stat[]> {
  const queue = inOrderOfAge(scrape)
  const stats: Stat[] = []
  let onlyMesh = true
  const askUntilAnswered = async (): Promise<boolean> => {
    for (let pod = queue.shift(); pod; pod = queue.shift()) {
      try {
        stats.push(
          await scrape.source.fetch(pod.status?.podIP ?? '', {
            keepAlive: true,
            ...(scrape.meshHost === undefined ? {} : { meshHost: scrape.meshHost }),
          }),
        )
        return true
      } catch (error) {
        onlyMesh &&= (error as AutoscalerError).code === autoscalerErrorCodes.scrapeMesh
      }
    }
    return false
  }
  const answered = await Promise.all(Array.from({ length: scrape.wanted }, askUntilAnswered))
  if (answered.every(Boolean)) return stats
  if (stats.length === 0 && onlyMesh) {
    throw new AutoscalerError(autoscalerErrorCodes.scrapeMesh, 'all pod scrapes returned 503 error')
  }
  throw new AutoscalerError(autoscalerErrorCodes.scrapeFailed, 'pods exhausted')
}

/** Old pods first; the part from which the sample is drawn in random order. */
function inOrderOfAge({ pods, wanted, youngMs, nowMs, random }: PodScrape): V1Pod[] {
  const old: V1Pod[] = []
  const young: V1Pod[] = []
  for (const pod of pods) {
    const startedMs = Date.parse(pod.status?.startTime ?? '')
    if (nowMs - startedMs >= youngMs) old.push(pod)
    else young.push(pod)
  }
  return old.length < wanted ? [...old, ...shuffled(young, random)] : [...shuffled(old, random), ...young]
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const swapped = result[i]!
    result[i] = result[j]!
    result[j] = swapped
  }
  return result
}
