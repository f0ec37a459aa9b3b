import { expect, test } from '@jest/globals'
import { MetricsServer } from './metrics.ts'

test('drains: takes no more, and still answers a scrape under way', async () => {
  const asked = Promise.withResolvers<void>()
  const counted = Promise.withResolvers<string>()
  const server = new MetricsServer({
    contentType: 'text/plain',
    metrics: () => {
      asked.resolve()
      return counted.promise
    },
  })
  const url = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}/metrics`
  const scrape = fetch(url)
  await asked.promise
  const drained = server.drain()
  await expect(fetch(url)).rejects.toThrow('fetch failed')
  counted.resolve('requests 1')
  expect(await (await scrape).text()).toBe('requests 1')
  await drained
})
