import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpointsOf, type ServiceMap, serviceOfHost } from './service-map.ts'

const map: ServiceMap = {
  clusterDomain: 'cluster.local',
  services: { 'web.ns': { clusterIP: '127.96.0.5', ports: {} } },
}

test.each([
  ['web.ns.svc.cluster.local', 'web.ns'],
  ['web.ns.svc.cluster.local.', 'web.ns'],
  ['web.ns.svc', 'web.ns'],
  ['web.ns', 'web.ns'],
  ['127.96.0.5', 'web.ns'],
  ['127.96.0.6', undefined],
  ['example.com', undefined],
  ['gone.ns.svc.cluster.local', 'gone.ns'],
])('serviceOfHost %s → %s', (host, service) => {
  expect(serviceOfHost(map, host)).toBe(service)
})

test('endpointsOf a Service that stands for a name outside the cluster is that name', () => {
  const services = { 'out.ns': { clusterIP: '', externalName: 'example.com', ports: {} } }
  expect(endpointsOf({ ...map, services }, 'out.ns', '443')).toEqual(['example.com:443'])
})

describe('a Node process with the network module', () => {
  const folder = mkdtempSync(join(tmpdir(), 'network-'))
  const server = createServer((request, response) => response.end(`host ${request.headers.host}`))
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    for (const file of ['cluster-network.ts', 'service-map.ts']) {
      copyFileSync(join(import.meta.dirname, file), join(folder, file))
    }
    const endpoint = `127.0.0.1:${port}`
    const services: ServiceMap = {
      clusterDomain: 'cluster.local',
      services: {
        'web.ns': { clusterIP: '127.96.0.5', ports: { 80: [endpoint], 8081: [endpoint] } },
        'empty.ns': { clusterIP: '127.96.0.6', ports: { 80: [] } },
        'alias.ns': { clusterIP: '', externalName: 'alias2.ns.svc.cluster.local', ports: {} },
        'alias2.ns': { clusterIP: '', externalName: 'web.ns.svc.cluster.local', ports: {} },
        'circle.ns': { clusterIP: '', externalName: 'circle.ns.svc', ports: {} },
      },
    }
    writeFileSync(join(folder, 'services.json'), JSON.stringify(services))
  })
  afterAll(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })

  const run = async (script: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      `--import=${join(folder, 'cluster-network.ts')}`,
      '--input-type=module',
      '-e',
      script,
    ])
    return stdout.trim()
  }
  const viaFetch = (url: string) =>
    `const r = await fetch('${url}').catch((e) => ({ text: () => e.cause.code })); console.log(await r.text())`
  const viaHttp = (url: string) =>
    `import { get } from 'node:http'
     get('${url}', (r) => r.on('data', (d) => console.log(String(d)))).on('error', (e) => console.log(e.code))`

  test.each([
    ['http://web.ns.svc.cluster.local/', 'host web.ns.svc.cluster.local'],
    ['http://web.ns:8081/', 'host web.ns:8081'],
    ['http://127.96.0.5/', 'host 127.96.0.5'],
    ['http://empty.ns.svc.cluster.local/', 'ECONNREFUSED'],
    ['http://alias.ns.svc.cluster.local/', 'host alias.ns.svc.cluster.local'],
    ['http://circle.ns.svc.cluster.local/', 'ECONNREFUSED'],
    ['http://web.ns.svc.cluster.local:99/', 'ECONNREFUSED'],
  ])('%s → %s', async (url, answer) => {
    expect(await run(viaFetch(url))).toBe(answer)
    expect(await run(viaHttp(url))).toBe(answer)
  })
})
