import { expect, test } from '@jest/globals'
import { conditionOf } from '@knative-ts/apis'
import { AutoscalerError, autoscalerErrorCodes } from '../errors.ts'
import { metric } from '../testing/objects.ts'
import type { CollectionSpec } from './collector.ts'
import { MetricReconciler } from './metric-reconciler.ts'

async function reconcile(object = metric(), error?: Error) {
  let spec: CollectionSpec | undefined
  const scraped: string[] = []
  const reconciler = new MetricReconciler({
    collector: {
      createOrUpdate: (_, given) => {
        spec = given
        return error
      },
      delete: () => {},
    },
    scraperFor: (key, target, stableWindowMs) => {
      scraped.push(`${key} ${target} ${stableWindowMs}`)
      return { scrape: async () => undefined }
    },
  })
  await reconciler.reconcileKind(object)
  return { spec, scraped, ready: conditionOf(object.status, 'Ready') }
}

test('a Metric starts the collection of its revision', async () => {
  const { spec, scraped, ready } = await reconcile()
  expect(spec).toMatchObject({ stableWindowMs: 60_000, panicWindowMs: 6000, algorithm: 'linear' })
  expect(scraped).toEqual(['default/hello-00001 hello-00001-private 60000'])
  expect(ready?.status).toBe('True')
})

test('without a target nothing is scraped', async () => {
  expect((await reconcile(metric({ scrapeTarget: '' }))).spec?.scraper).toBeUndefined()
})

test.each(['weighted-exponential', 'weightedExponential'])('the algorithm %s', async (value) => {
  const annotated = metric({}, { 'autoscaling.knative.dev/metric-aggregation-algorithm': value })
  expect((await reconcile(annotated)).spec?.algorithm).toBe('weighted-exponential')
})

test.each([
  [autoscalerErrorCodes.scrapeUnscraped, 'DidNotReceiveStat', 'too few'],
  [autoscalerErrorCodes.scrapeFailed, 'CollectionFailed', 'Failed to reconcile metric collection: too few'],
  [autoscalerErrorCodes.scrapeMesh, 'CollectionFailed', 'Failed to reconcile metric collection: too few'],
])('the error %s shows as %s', async (code, reason, message) => {
  const { ready } = await reconcile(metric(), new AutoscalerError(code, 'too few'))
  expect(ready).toMatchObject({ status: 'False', reason, message })
})
