import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { systemClock } from '@knative-ts/clock'
import { compileGoTemplate } from '@knative-ts/config'
import { testCertificate } from '@knative-ts/http-proxy/testing'
import { httpGet } from '../testing/http-get.ts'
import { testQueueProxy, testUserContainer } from '../testing/test-queue-proxy.ts'
import { RequestLog } from './request-log.ts'

/** A request log, and its first line when there is one. */
function logOf(template: string): { log: RequestLog; line: Promise<string> } {
  const { promise, resolve } = Promise.withResolvers<string>()
  const render = compileGoTemplate(template)
  return {
    log: new RequestLog({ render, revision: {}, clock: systemClock, write: resolve }, false),
    line: promise,
  }
}

test('a response that breaks off is logged as 500 without a body', async () => {
  await using container = await testUserContainer((_request, response) => {
    response.write('half', () => response.destroy())
  })
  await using world = await testQueueProxy({ userPort: container.port })
  const { log, line } = logOf('{{.Response.Code}} {{.Response.Size}}')
  world.queueProxy.observe(log)
  await expect(httpGet(world.url)).rejects.toThrow()
  expect(await line).toBe('500 0\n')
})

test('so is one whose client leaves amid it', async () => {
  const left = new AbortController()
  await using container = await testUserContainer((_request, response) => response.write('half'))
  await using world = await testQueueProxy({ userPort: container.port })
  const { log, line } = logOf('{{.Response.Code}} {{.Response.Size}}')
  world.queueProxy.observe(log)
  const call = get(world.url, { signal: left.signal, agent: false }, () => left.abort())
  call.on('error', () => {})
  expect(await line).toBe('500 0\n')
})

test('a request over TLS is logged as such', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'certificate-'))
  await writeFile(join(folder, 'tls.crt'), testCertificate.cert)
  await writeFile(join(folder, 'tls.key'), testCertificate.key)
  await using container = await testUserContainer((_request, response) => response.end('app'))
  await using world = await testQueueProxy({ userPort: container.port, certificateFolder: folder })
  await rm(folder, { recursive: true })
  const { log, line } = logOf('TLS: {{.Request.TLS}}')
  world.queueProxy.observe(log)
  const port = world.queueProxy.tlsPort!
  const call = request({ host: '127.0.0.1', port, rejectUnauthorized: false, agent: false }, (response) =>
    response.resume(),
  )
  call.end()
  expect(await line).toMatch(/^TLS: \{.*\}\n$/)
})
