import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { renewedTestCertificate, testCertificate } from '@knative-ts/http-proxy/testing'
import { silentLogger } from '@knative-ts/observability'
import { httpGet } from './testing/http-get.ts'
import { testQueueProxy, testUserContainer } from './testing/test-queue-proxy.ts'

const reloaded = 'Certificate and/or key have changed on disk and were reloaded.'

/** @param trusted the only certificate that is accepted */
function httpsGet(port: number, trusted = testCertificate): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      ca: trusted.cert,
      servername: 'data-plane.knative.dev',
      agent: false as const,
    }
    const call = request(options, async (response) => {
      let body = ''
      for await (const text of response.setEncoding('utf8')) body += text
      resolve(body)
    })
    call.on('error', reject)
    call.end()
  })
}

describe('TLS', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certificate-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('is served beside cleartext when a certificate is mounted, and reloads it', async () => {
    await writeFile(join(folder, 'tls.crt'), testCertificate.cert)
    await writeFile(join(folder, 'tls.key'), testCertificate.key)
    const clock = new ManualClock()
    const lines: string[] = []
    const twice = Promise.withResolvers<void>()
    const logger = {
      ...silentLogger,
      info: (line: string) => {
        lines.push(line)
        if (lines.length === 2) twice.resolve()
      },
    }
    await using container = await testUserContainer((_request, response) => response.end('app'))
    await using world = await testQueueProxy({
      userPort: container.port,
      certificateFolder: folder,
      clock,
      logger,
    })
    expect(await httpsGet(world.queueProxy.tlsPort!)).toBe('app')
    expect(lines).toEqual([reloaded])
    await writeFile(join(folder, 'tls.crt'), renewedTestCertificate.cert)
    await writeFile(join(folder, 'tls.key'), renewedTestCertificate.key)
    await clock.advance(60_000)
    await twice.promise
    expect(lines).toEqual([reloaded, reloaded])
    expect(await httpsGet(world.queueProxy.tlsPort!, renewedTestCertificate)).toBe('app')
    await expect(httpsGet(world.queueProxy.tlsPort!)).rejects.toThrow('self-signed certificate')
  })

  test('requests over it are finished when the pod ends, of which the hook hears in the clear', async () => {
    await writeFile(join(folder, 'tls.crt'), testCertificate.cert)
    await writeFile(join(folder, 'tls.key'), testCertificate.key)
    const clock = new ManualClock()
    const held = Promise.withResolvers<ServerResponse>()
    await using container = await testUserContainer((_request, response) => held.resolve(response))
    await using world = await testQueueProxy({ userPort: container.port, certificateFolder: folder, clock })
    const { queueProxy } = world
    const inFlight = httpsGet(queueProxy.tlsPort!)
    const response = await held.promise
    const hook = httpGet(`http://127.0.0.1:${queueProxy.adminPort}/wait-for-drain`)
    const exit = queueProxy.shutDown()
    const kubelet = { 'User-Agent': 'kube-probe/1.34', 'K-Network-Probe': 'queue' }
    while ((await httpGet(world.url, kubelet)).status !== 503) await clock.settle()
    await clock.advance(30_000)
    expect(await hook).toMatchObject({ status: 200 })
    response.end('to the last')
    expect(await inFlight).toBe('to the last')
    await exit
  })

  test('is not served without one', async () => {
    await using world = await testQueueProxy({ userPort: 1, certificateFolder: folder })
    expect(world.queueProxy.tlsPort).toBeUndefined()
  })
})
