import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SecureVersion } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { renewedTestCertificate, testCertificate } from '@knative-ts/http-proxy/testing'
import { silentLogger } from '@knative-ts/observability'
import type { Variables } from './environment.ts'
import { httpGet } from './testing/http-get.ts'
import { testQueueProxy, testUserContainer } from './testing/test-queue-proxy.ts'

const reloaded = 'Certificate and/or key have changed on disk and were reloaded.'

/**
 * @param trusted the only certificate that is accepted
 * @param maxVersion the most that the client speaks
 */
function httpsGet(
  port: number,
  trusted = testCertificate,
  maxVersion: SecureVersion = 'TLSv1.3',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      ca: trusted.cert,
      servername: 'data-plane.knative.dev',
      agent: false as const,
      maxVersion,
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

  async function mount({ cert, key }: typeof testCertificate): Promise<void> {
    await writeFile(join(folder, 'tls.crt'), cert)
    await writeFile(join(folder, 'tls.key'), key)
  }

  /** A queue-proxy with a certificate, and a way to replace that. */
  async function servedWithTls(variables: Variables = {}) {
    await mount(testCertificate)
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
    const container = await testUserContainer((_request, response) => response.end('app'))
    const world = await testQueueProxy({
      userPort: container.port,
      certificateFolder: folder,
      clock,
      logger,
      variables,
    })
    return {
      port: world.queueProxy.tlsPort!,
      lines,
      async renew() {
        await mount(renewedTestCertificate)
        await clock.advance(60_000)
        await twice.promise
      },
      async [Symbol.asyncDispose]() {
        await world[Symbol.asyncDispose]()
        await container[Symbol.asyncDispose]()
      },
    }
  }

  test('is served beside cleartext when a certificate is mounted, and reloads it', async () => {
    await using served = await servedWithTls()
    expect(await httpsGet(served.port)).toBe('app')
    expect(served.lines).toEqual([reloaded])
    await served.renew()
    expect(served.lines).toEqual([reloaded, reloaded])
    expect(await httpsGet(served.port, renewedTestCertificate)).toBe('app')
    await expect(httpsGet(served.port)).rejects.toThrow('self-signed certificate')
  })

  test('is of the least version that the environment says, with a renewed certificate too', async () => {
    await using strict = await servedWithTls({ QUEUE_PROXY_TLS_MIN_VERSION: '1.3' })
    await using lenient = await servedWithTls({ QUEUE_PROXY_TLS_MIN_VERSION: '1.2' })
    const checked = async (certificate: typeof testCertificate) => {
      await expect(httpsGet(strict.port, certificate, 'TLSv1.2')).rejects.toThrow('protocol version')
      expect(await httpsGet(lenient.port, certificate, 'TLSv1.2')).toBe('app')
    }
    await checked(testCertificate)
    await strict.renew()
    await lenient.renew()
    await checked(renewedTestCertificate)
  })

  test('requests over it are finished when the pod ends, of which the hook hears in the clear', async () => {
    await mount(testCertificate)
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
