import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { request } from 'node:https'
import { createServer, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { configMaps, secrets, trustBundleLabelKey } from '@knative-ts/apis'
import { compileGoTemplate } from '@knative-ts/config'
import { silentLogger } from '@knative-ts/observability'
import type { ActivatorOptions } from './activator.ts'
import { requestLog } from './observation/request-log.ts'
import { systemNamespace as namespace, pairOf, pem, routingSecret } from './testing/certificates.ts'
import { TestWorld } from './testing/test-world.ts'
import { internalTLS } from './tls/internal-tls.ts'

const revisionHeaders = {
  'knative-serving-revision': 'hello-00001',
  'knative-serving-namespace': 'default',
}

let world: TestWorld

beforeEach(() => {
  world = new TestWorld()
})

afterEach(() => world.stop())

/** Starts with the certificate of the Secret, and trust in `authorities`. */
async function start(authorities = pem('ca.crt'), options: Partial<ActivatorOptions> = {}): Promise<void> {
  world.api.seed(secrets, routingSecret(pairOf('routing'), authorities))
  world.startInformers()
  const tls = await internalTLS({
    informers: world.informers,
    namespace,
    logger: silentLogger,
    env: {},
    onCertificate: () => {},
  })
  await world.start({ ...tls, ...options })
}

describe('a connection to a pod', () => {
  test('names the data plane, offers neither protocols nor a certificate, and is TLS 1.3', async () => {
    await start()
    const pod = await world.addPod('pod-1', '127.0.7.44')
    const seen: unknown[] = []
    const server = createServer(
      {
        ...pairOf('pod'),
        requestCert: true,
        rejectUnauthorized: false,
        ALPNCallback: ({ protocols }) => {
          seen.push(...protocols)
          return undefined
        },
      },
      (socket: TLSSocket) => {
        seen.push(socket.servername, socket.getProtocol(), socket.getPeerCertificate())
        socket.on('error', () => {})
        socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
      },
    )
    server.listen(8112, pod.ip)
    await once(server, 'listening')
    world.addRevision('hello-00001')
    world.listPods('hello-00001', [pod])
    expect(await world.get('hello-00001').response).toMatchObject({ status: 200, body: 'ok' })
    expect(seen).toEqual(['data-plane.knative.dev', 'TLSv1.3', {}])
    server.close()
  })

  test('carries HTTP/2 without having agreed on it', async () => {
    await start()
    world.addRevision('hello-00001', {
      containers: [{ name: 'user', ports: [{ name: 'h2c', containerPort: 8080 }] }],
    })
    const pod = await world.addPod('pod-1', '127.0.7.45')
    await pod.listenTLS({ ...pairOf('pod'), ALPNProtocols: ['http/1.1'] })
    world.listPods('hello-00001', [pod], [], 'http2')
    const session = connectHttp2(`http://127.0.0.1:${world.activator.ports.h2c}`)
    const [headers] = await once(session.request({ ':path': '/', ...revisionHeaders }), 'response')
    session.destroy()
    expect(headers[':status']).toBe(200)
    expect(pod.requests.map(({ httpMajor, secure }) => [httpMajor, secure])).toEqual([[2, true]])
  })

  test('of an older TLS is refused', async () => {
    await start()
    world.addRevision('hello-00001')
    const pod = await world.addPod('pod-1', '127.0.7.46')
    await pod.listenTLS({ ...pairOf('pod'), minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })
    world.listPods('hello-00001', [pod])
    expect((await world.get('hello-00001').response).status).toBe(502)
    expect(pod.requests).toHaveLength(0)
  })
})

describe('trust', () => {
  const bundle = (labels: Record<string, string>, data: Record<string, string>, of = namespace) => ({
    metadata: { name: 'bundle', namespace: of, labels },
    data,
  })
  const labelled = { [trustBundleLabelKey]: '' }
  const pod = async (ip: string) => {
    world.addRevision('hello-00001')
    const made = await world.addPod('pod-1', ip)
    made.serve = (exchange) => exchange.answer(200, ['Connection', 'close'])
    await made.listenTLS(pairOf('pod-of-other-ca'))
    world.listPods('hello-00001', [made])
    return made
  }

  test('of the Secret goes to the first certificate only', async () => {
    await start(`${pem('ca.crt')}${pem('other-ca.crt')}`)
    await pod('127.0.7.47')
    expect((await world.get('hello-00001').response).status).toBe(502)
  })

  test('of the Secret follows its authority, even with the same certificate', async () => {
    await start()
    await pod('127.0.7.50')
    expect((await world.get('hello-00001').response).status).toBe(502)
    world.api.replace(secrets, routingSecret(pairOf('routing'), pem('other-ca.crt')))
    expect((await world.get('hello-00001').response).status).toBe(200)
    world.api.replace(secrets, routingSecret(pairOf('routing')))
    expect((await world.get('hello-00001').response).status).toBe(502)
  })

  test('ends with its bundle', async () => {
    await start()
    world.api.seed(configMaps, bundle(labelled, { 'b.pem': pem('other-ca.crt') }))
    await pod('127.0.7.40')
    expect((await world.get('hello-00001').response).status).toBe(200)
    world.api.remove(configMaps, namespace, 'bundle')
    expect((await world.get('hello-00001').response).status).toBe(502)
  })

  test('goes to every value of a bundle, as long as it is labelled as one and ours', async () => {
    await start()
    const data = { 'a.pem': pem('ca.crt'), 'b.pem': pem('other-ca.crt') }
    world.api.seed(configMaps, bundle(labelled, data, 'elsewhere'))
    world.api.seed(configMaps, bundle({}, data))
    await pod('127.0.7.48')
    expect((await world.get('hello-00001').response).status).toBe(502)
    world.api.replace(configMaps, bundle(labelled, data))
    world.api.replace(configMaps, bundle(labelled, { 'a.pem': pem('ca.crt') }))
    expect((await world.get('hello-00001').response).status).toBe(502)
    world.api.replace(configMaps, bundle(labelled, data))
    expect((await world.get('hello-00001').response).status).toBe(200)
  })
})

test('a request over TLS is told as such in the request log', async () => {
  const lines: string[] = []
  const observer = requestLog({
    render: compileGoTemplate('TLS: {{.Request.TLS}} {{.Request.TLS.Version}}'),
    clock: world.clock,
    write: (line) => {
      lines.push(line)
      world.changed()
    },
  })
  await start(pem('ca.crt'), { observers: () => [observer] })
  world.addRevision('hello-00001')
  const pod = await world.addPod('pod-1', '127.0.7.49')
  await pod.listenTLS(pairOf('pod'))
  world.listPods('hello-00001', [pod])
  const outgoing = request({
    host: '127.0.0.1',
    port: world.activator.ports.https,
    rejectUnauthorized: false,
    agent: false,
    headers: revisionHeaders,
  })
  outgoing.end()
  const [incoming] = await once(outgoing, 'response')
  incoming.resume()
  await once(incoming, 'end')
  await world.until(() => lines.length > 0)
  expect(lines).toEqual([expect.stringMatching(/^TLS: \{772 true .*\} 772\n$/)])
})
