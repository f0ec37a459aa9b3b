import { readUsage } from './component-usage.ts'
import { keepIdle, keepMemory, keepReadyTimes, readyTimes } from './idle.ts'
import type { Surroundings } from './surroundings.ts'
import { createReady, fromZero, inNamespace, tinyService } from './tiny-service.ts'

/** Hundreds of Services that start at zero, made at once; then one more at a time. */
export async function measureMany(surroundings: Surroundings): Promise<void> {
  const { client, options, say, keep, keepSamples } = surroundings
  await inNamespace(client, 'perf-many', async (namespace, observed) => {
    const all = Array.from({ length: options.services }, (_, i) =>
      tinyService(namespace, `many-${i}`, options.image, fromZero),
    )
    const takenMs = await createReady(client, observed, all)
    say(`${all.length} Services at once: all Ready after ${(takenMs / 1000).toFixed(1)} s`)
    keep('many.all', takenMs / 1000)
    keepMemory(keep, 'many', await readUsage(client))
    keepReadyTimes('many', await readyTimes(client, observed, namespace, options.image), {
      keep,
      keepSamples,
      say,
    })
    await keepIdle(surroundings, 'many.idle', all.length)
  })
}
