import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { configMaps, namespaces, type V1ConfigMap } from '@knative-ts/apis'
import { HttpKubeClient } from './http-kube-client.ts'
import type { WatchEvent } from './kube-client.ts'
import { checkMinimumVersion } from './version-check.ts'

type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void

let server: Server
let client: HttpKubeClient
afterEach(async () => {
  await client.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

async function serve(handler: Handler): Promise<HttpKubeClient> {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => handler(request, body, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  client = new HttpKubeClient(
    {
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ca: undefined,
      cert: undefined,
      key: undefined,
      skipTLSVerify: false,
      serverName: undefined,
      token: () => 'tok',
    },
    'test/1',
  )
  return client
}

const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

describe('HttpKubeClient', () => {
  test('builds paths, headers and bodies', async () => {
    const seen: string[] = []
    const kube = await serve((request, body, response) => {
      seen.push(
        [
          request.method,
          request.url,
          request.headers['content-type'] ?? '-',
          request.headers.authorization,
          body,
        ].join(' '),
      )
      json(response, 200, { metadata: { name: 'x', resourceVersion: '7' }, items: null })
    })
    await kube.get(configMaps, 'ns', 'a')
    await kube.get(namespaces, '', 'ns')
    await kube.list(configMaps, { namespace: 'ns', labelSelector: 'a=b,c', limit: 5 })
    await kube.create(configMaps, { metadata: { name: 'a', namespace: 'ns' } }, { dryRun: true })
    await kube.patch(
      configMaps,
      'ns',
      'a',
      { type: 'merge', body: { data: null } },
      { subresource: 'status' },
    )
    await kube.patch(configMaps, 'ns', 'a', { type: 'apply', body: {}, fieldManager: 'me', force: true })
    await kube.delete(configMaps, 'ns', 'a', { preconditions: { uid: 'u' } })
    expect(seen).toEqual([
      'GET /api/v1/namespaces/ns/configmaps/a - Bearer tok ',
      'GET /api/v1/namespaces/ns - Bearer tok ',
      'GET /api/v1/namespaces/ns/configmaps?labelSelector=a%3Db%2Cc&limit=5 - Bearer tok ',
      'POST /api/v1/namespaces/ns/configmaps?dryRun=All application/json Bearer tok {"metadata":{"name":"a","namespace":"ns"},"apiVersion":"v1","kind":"ConfigMap"}',
      'PATCH /api/v1/namespaces/ns/configmaps/a/status application/merge-patch+json Bearer tok {"data":null}',
      'PATCH /api/v1/namespaces/ns/configmaps/a?fieldManager=me&force=true application/apply-patch+yaml Bearer tok {}',
      'DELETE /api/v1/namespaces/ns/configmaps/a application/json Bearer tok {"preconditions":{"uid":"u"}}',
    ])
  })

  test('a refusal carries the reason and message of its Status', async () => {
    const kube = await serve((_, __, response) =>
      json(response, 409, {
        kind: 'Status',
        reason: 'AlreadyExists',
        message: 'configmaps "a" already exists',
      }),
    )
    await expect(kube.get(configMaps, 'ns', 'a')).rejects.toMatchObject({
      code: 'AlreadyExists',
      status: 409,
      message: 'configmaps "a" already exists',
    })
  })

  test('an answer that is no Status keeps its text', async () => {
    const kube = await serve((_, __, response) => response.writeHead(503).end('overloaded\n'))
    await expect(kube.get(configMaps, 'ns', 'a')).rejects.toMatchObject({
      code: 'ServiceUnavailable',
      message: 'overloaded',
    })
  })

  test('a dead server is Unreachable', async () => {
    const kube = await serve((request) => request.socket.destroy())
    await expect(kube.get(configMaps, 'ns', 'a')).rejects.toMatchObject({ code: 'Unreachable' })
  })

  test('a watch survives any split of its bytes, and ends with the stream', async () => {
    const lines = [
      { type: 'ADDED', object: { metadata: { name: 'ä', resourceVersion: '1' } } },
      { type: 'BOOKMARK', object: { metadata: { resourceVersion: '5' } } },
      { type: 'DELETED', object: { metadata: { name: 'b', resourceVersion: '6' } } },
    ]
    const kube = await serve((_, __, response) => {
      const bytes = Buffer.from(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
      const write = (at: number) => {
        if (at >= bytes.length) response.end()
        else response.write(bytes.subarray(at, at + 7), () => setImmediate(write, at + 7))
      }
      write(0)
    })
    const events: WatchEvent<V1ConfigMap>[] = []
    await kube.watch(configMaps, { signal: new AbortController().signal }, (event) => events.push(event))
    expect(events).toEqual([
      { type: 'ADDED', object: lines[0]?.object },
      { type: 'BOOKMARK', resourceVersion: '5' },
      { type: 'DELETED', object: lines[2]?.object },
    ])
  })

  test('an ERROR event rejects with its reason', async () => {
    const kube = await serve((_, __, response) =>
      response.end(
        `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' } })}\n`,
      ),
    )
    await expect(
      kube.watch(configMaps, { signal: new AbortController().signal }, () => undefined),
    ).rejects.toMatchObject({ code: 'Expired', message: 'too old resource version' })
  })

  test('aborting a watch resolves it', async () => {
    const abort = new AbortController()
    const kube = await serve((_, __, response) => {
      response.writeHead(200).flushHeaders()
      setImmediate(() => abort.abort())
    })
    await expect(kube.watch(configMaps, { signal: abort.signal }, () => undefined)).resolves.toBeUndefined()
  })
})

describe('checkMinimumVersion', () => {
  test.each([
    ['v1.34.0', undefined, true],
    ['v1.34.2+k3s1', undefined, true],
    ['v1.33.9', undefined, false],
    ['v1.34.0-rc.1', undefined, true],
    ['v1.30.0', 'v1.29.0', true],
    ['nonsense', undefined, false],
  ])('%s against %s', async (actual, minimum, accepted) => {
    const kube = await serve((_, __, response) => json(response, 200, { gitVersion: actual }))
    const check = checkMinimumVersion(kube, minimum ? { KUBERNETES_MIN_VERSION: minimum } : {})
    if (accepted) await expect(check).resolves.toBeUndefined()
    else await expect(check).rejects.toMatchObject({ code: 'KUBE_VERSION' })
  })
})
