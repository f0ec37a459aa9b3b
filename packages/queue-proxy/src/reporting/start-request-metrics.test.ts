import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { testCertificate } from '@knative-ts/http-proxy/testing'
import { readEnvironment } from '../environment.ts'
import { httpGet } from '../testing/http-get.ts'
import { testVariables } from '../testing/test-environment.ts'
import { RequestMetrics } from './request-metrics.ts'
import { serveRequestMetrics } from './start-request-metrics.ts'

const host = '127.0.9.1'
let close = async () => {}

afterEach(() => close())

async function serve(env: Record<string, string>): Promise<void> {
  const environment = readEnvironment(testVariables({ METRICS_PROMETHEUS_HOST: host }))
  const metrics = new RequestMetrics(environment, new ManualClock(), () => 3)
  const server = await serveRequestMetrics(metrics, environment, env)
  close = () => server.close()
}

test('metrics are served at /metrics on port 9091, to GET only', async () => {
  await serve({})
  const { status, headers, body } = await httpGet(`http://${host}:9091/metrics`)
  expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('text/plain')])
  expect(body).toMatch(/^kn_serving_queue_depth\{.*\} 3$/m)
  expect((await httpGet(`http://${host}:9091/metrics`, {}, { method: 'POST' })).status).toBe(404)
  expect((await httpGet(`http://${host}:9091/`)).status).toBe(404)
})

test('metrics are served over TLS if the environment names a certificate', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'metrics-'))
  await writeFile(join(folder, 'tls.crt'), testCertificate.cert)
  await writeFile(join(folder, 'tls.key'), testCertificate.key)
  await serve({
    METRICS_PROMETHEUS_TLS_CERT: join(folder, 'tls.crt'),
    METRICS_PROMETHEUS_TLS_KEY: join(folder, 'tls.key'),
  })
  await rm(folder, { recursive: true })
  const call = request({ host, port: 9091, path: '/metrics', rejectUnauthorized: false, agent: false })
  call.end()
  const [response] = await once(call, 'response')
  expect(response.statusCode).toBe(200)
  response.resume()
  await once(response, 'end')
})
