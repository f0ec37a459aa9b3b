import { request } from 'node:https'
import type { SecureVersion, TlsOptions } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { configMaps, secrets, trustBundleLabelKey } from '@knative-ts/apis'
import { silentLogger } from '@knative-ts/observability'
import { systemNamespace as namespace, pairOf, pem, routingSecret } from './testing/certificates.ts'
import type { Response } from './testing/test-world.ts'
import { TestWorld } from './testing/test-world.ts'
import { internalTLS } from './tls/internal-tls.ts'

let world: TestWorld
let certificates: TlsOptions[]

beforeEach(() => {
  world = new TestWorld()
  certificates = []
})

afterEach(() => world.stop())

async function makeTLS(env: Record<string, string> = {}) {
  world.startInformers()
  return internalTLS({
    informers: world.informers,
    namespace,
    logger: silentLogger,
    env,
    onCertificate: (certificate) => {
      certificates.push(certificate)
      world.activator.setCertificate(certificate)
    },
  })
}

/** Asks over TLS, of that version at most, and returns the answer with the names of the certificate that was shown. */
function getOverTLS(
  maxVersion: SecureVersion = 'TLSv1.3',
): Promise<Response & { names: string | undefined }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port: world.activator.ports.https,
      rejectUnauthorized: false,
      maxVersion,
      agent: false,
      headers: { 'user-agent': 'kube-probe/1.34' },
    })
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const socket = incoming.socket as import('node:tls').TLSSocket
      const names = socket.getPeerCertificate().subjectaltname
      incoming.resume()
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, body: '', headers: incoming.headers, names }),
      )
    })
    outgoing.end()
  })
}

describe('towards pods', () => {
  test('requests go encrypted to port 8112, probes stay in the clear', async () => {
    world.api.seed(secrets, routingSecret(pairOf('routing')))
    await world.start(await makeTLS())
    world.addRevision('hello-00001')
    const pod = await world.addPod('pod-1', '127.0.7.41')
    await pod.listenTLS(pairOf('pod'))
    world.listPods('hello-00001', [pod])
    expect(await world.get('hello-00001').response).toMatchObject({ status: 200, body: 'pod-1' })
    expect(pod.requests[0]!.secure).toBe(true)
  })

  test('a certificate for another namespace is refused', async () => {
    world.api.seed(secrets, routingSecret(pairOf('routing')))
    await world.start(await makeTLS())
    world.addRevision('hello-00001')
    const pod = await world.addPod('pod-1', '127.0.7.42')
    await pod.listenTLS(pairOf('routing'))
    world.listPods('hello-00001', [pod])
    const { status, body } = await world.get('hello-00001').response
    expect(status).toBe(502)
    expect(body).toContain(
      'san "kn-user-default" does not have a matching name in [kn-routing data-plane.knative.dev]',
    )
    expect(pod.requests).toHaveLength(0)
  })

  test('an unknown authority is refused until a trust bundle has it', async () => {
    world.api.seed(secrets, routingSecret(pairOf('routing')))
    await world.start(await makeTLS())
    world.addRevision('hello-00001')
    const pod = await world.addPod('pod-1', '127.0.7.43')
    await pod.listenTLS(pairOf('pod-of-other-ca'))
    world.listPods('hello-00001', [pod])
    expect((await world.get('hello-00001').response).status).toBe(502)
    world.api.seed(configMaps, {
      metadata: { name: 'bundle', namespace, labels: { [trustBundleLabelKey]: 'true' } },
      data: { 'other.pem': pem('other-ca.crt') },
    })
    expect(await world.get('hello-00001').response).toMatchObject({ status: 200, body: 'pod-1' })
  })
})

describe('towards the ingress', () => {
  test('the certificate of the Secret is shown, and its successor once there is one', async () => {
    world.api.seed(secrets, routingSecret(pairOf('routing')))
    await world.start(await makeTLS())
    expect(await getOverTLS()).toMatchObject({
      status: 200,
      names: 'DNS:kn-routing, DNS:data-plane.knative.dev',
    })
    world.api.replace(secrets, routingSecret(pairOf('pod')))
    expect(certificates).toHaveLength(1)
    expect((await getOverTLS()).names).toBe('DNS:data-plane.knative.dev, DNS:kn-user-default')
  })

  test.each<[string, Record<string, string>, boolean]>([
    ['refused by default', {}, false],
    ['taken where the environment allows it', { ACTIVATOR_TLS_MIN_VERSION: '1.2' }, true],
  ])('TLS 1.2 is %s, with the first certificate as with its successor', async (_, env, taken) => {
    world.api.seed(secrets, routingSecret(pairOf('routing')))
    await world.start(await makeTLS(env))
    const isTaken = () =>
      getOverTLS('TLSv1.2').then(
        () => true,
        () => false,
      )
    expect(await isTaken()).toBe(taken)
    world.api.replace(secrets, routingSecret(pairOf('pod')))
    expect(certificates).toHaveLength(1)
    expect(await isTaken()).toBe(taken)
    expect((await getOverTLS()).status).toBe(200)
  })

  test('a broken successor changes nothing', async () => {
    world.api.seed(secrets, routingSecret(pairOf('routing')))
    await world.start(await makeTLS())
    world.api.replace(secrets, routingSecret({ cert: 'nonsense', key: 'nonsense' }))
    expect(certificates).toHaveLength(0)
    expect((await getOverTLS()).status).toBe(200)
  })

  test('there is no start without the Secret', async () => {
    await expect(makeTLS()).rejects.toMatchObject({
      code: 'CERTIFICATE_MISSING',
      message: expect.stringContaining('Secret knative-serving/routing-serving-certs does not exist'),
    })
    await world.start()
  })

  test('nor with a setting that does not exist', async () => {
    world.api.seed(secrets, routingSecret(pairOf('routing')))
    await expect(makeTLS({ ACTIVATOR_TLS_MIN_VERSION: '1.1' })).rejects.toThrow('ACTIVATOR_TLS_MIN_VERSION')
    await world.start()
  })

  test('nor with one that holds no certificate', async () => {
    world.api.seed(secrets, { metadata: { name: 'routing-serving-certs', namespace }, data: {} })
    await expect(makeTLS()).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' })
    await world.start()
  })
})
