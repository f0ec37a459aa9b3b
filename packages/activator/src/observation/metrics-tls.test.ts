import { request } from 'node:https'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { parseLoggingConfig, parseObservabilityConfig } from '@knative-ts/config'
import { silentLogger } from '@knative-ts/observability'
import { pairOf, pem } from '../testing/certificates.ts'
import { Observation } from './observation.ts'

const host = '127.0.7.64'
const file = (name: string) => fileURLToPath(new URL(`../tls/testdata/${name}`, import.meta.url))
const certificate = {
  METRICS_PROMETHEUS_TLS_CERT: file('routing.crt'),
  METRICS_PROMETHEUS_TLS_KEY: file('routing.key'),
}
const clients = (auth: string) => ({
  METRICS_PROMETHEUS_TLS_CLIENT_AUTH: auth,
  METRICS_PROMETHEUS_TLS_CLIENT_CA_FILE: file('ca.crt'),
})

let observation: Observation | undefined

afterEach(() => observation?.close())

async function serve(env: Record<string, string>): Promise<void> {
  const logging = parseLoggingConfig({})
  const observability = parseObservabilityConfig({ 'metrics-protocol': 'prometheus' })
  observation = new Observation({
    configs: { snapshot: () => ({ logging, observability }), onChange: () => () => {} },
    level: { level: 'info' },
    logger: silentLogger,
    clock: new ManualClock(),
    write: () => {},
  })
  await observation.serveMetrics(() => [], host, env)
}

/** Status of a scrape, with a certificate of that name if any. */
function scrape(shown?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host,
      port: 9090,
      path: '/metrics',
      ca: pem('ca.crt'),
      servername: 'kn-routing',
      agent: false,
      ...(shown === undefined ? {} : pairOf(shown)),
    })
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      incoming.resume()
      resolve(incoming.statusCode ?? 0)
    })
    outgoing.end()
  })
}

test('metrics are served over TLS when there is a certificate for them', async () => {
  await serve(certificate)
  expect(await scrape()).toBe(200)
  await expect(fetch(`http://${host}:9090/metrics`)).rejects.toThrow()
})

test.each([
  ['optional', undefined, true],
  ['optional', 'pod', true],
  ['optional', 'pod-of-other-ca', false],
  ['require', undefined, false],
  ['require', 'pod', true],
  ['require', 'pod-of-other-ca', false],
])('of clients whose certificate is %s, one that shows %s is served: %s', async (auth, shown, served) => {
  await serve({ ...certificate, ...clients(auth) })
  const scraped = scrape(shown)
  if (served) expect(await scraped).toBe(200)
  else await expect(scraped).rejects.toThrow()
})

test('a certificate without its key is an error, and nothing is served', async () => {
  const { METRICS_PROMETHEUS_TLS_CERT } = certificate
  await expect(serve({ METRICS_PROMETHEUS_TLS_CERT })).rejects.toThrow('METRICS_PROMETHEUS_TLS_KEY')
})
