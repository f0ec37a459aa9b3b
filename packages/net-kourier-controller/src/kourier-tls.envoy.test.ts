import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { configMaps, secrets } from '@knative-ts/apis'
import { GatewayWorld } from './testing/gateway-world.ts'
import { configMap, kourierIngress, rule, split } from './testing/objects.ts'
import { tlsSecret } from './testing/test-certificate.ts'

const external = 8080
const externalSecure = 8443
const internalSecure = 8444

const world = new GatewayWorld(2)

beforeAll(async () => {
  world.client.seed(
    secrets,
    tlsSecret('own', 'own'),
    tlsSecret('local', 'local'),
    tlsSecret('wildcard', 'wildcard', 'certs'),
  )
  await world.start()
  await world.addBackend('blue')
})

afterAll(() => world.stop())

const paths = [{ splits: [split('blue')] }]

function config(): Record<string, string> {
  return world.client.peek(configMaps, 'knative-serving', 'config-kourier')?.data ?? {}
}

function secured(name: string, secretName: string, more: Parameters<typeof kourierIngress>[2] = {}) {
  return {
    tls: [{ hosts: [`${name}.test`], secretName, secretNamespace: 'default' }],
    ...more,
  }
}

/** Asks for the certificate of a host until it names `expected`; a listener takes over shortly after it is accepted. */
async function untilShown(host: string, expected: string): Promise<void> {
  let shown: string
  do shown = await world.gateway.certificate(host, externalSecure)
  while (!shown.includes(expected))
}

describe('TLS at a real Envoy', () => {
  test('serves a host with its own certificate, beside plain HTTP', async () => {
    await world.serve(kourierIngress('own', [rule('own.test', paths)], secured('own', 'own')))
    expect((await world.gateway.get('own.test', { port: external })).status).toBe(200)
    expect((await world.gateway.get('own.test', { port: externalSecure, secure: true })).status).toBe(200)
    expect(await world.gateway.certificate('own.test', externalSecure)).toContain('own.test')
  })

  test('redirects plain HTTP only', async () => {
    const spec = secured('redirected', 'own', { httpOption: 'Redirected' })
    await world.serve(kourierIngress('redirected', [rule('redirected.test', paths)], spec))
    expect((await world.gateway.get('redirected.test', { port: external })).status).toBe(301)
    expect((await world.gateway.get('redirected.test', { port: externalSecure, secure: true })).status).toBe(
      200,
    )
  })

  test('serves cluster-local hosts on their own port', async () => {
    const local = rule('local.test', paths, { visibility: 'ClusterLocal' })
    await world.serve(kourierIngress('local', [local], secured('local', 'local')))
    expect((await world.gateway.get('local.test', { port: internalSecure, secure: true })).status).toBe(200)
  })

  test('takes a rotated certificate at once', async () => {
    world.client.replace(secrets, tlsSecret('own', 'rotated'))
    await untilShown('own.test', 'rotated.test')
  })

  test('a cipher suite that does not exist is refused, and everything else goes on', async () => {
    world.client.replace(configMaps, configMap('config-kourier', { ...config(), 'cipher-suites': 'NO-SUCH' }))
    const refused = () =>
      world.logger.lines.some(({ fields }) => String(fields['message']).includes('NO-SUCH'))
    do expect((await world.gateway.get('own.test', { port: externalSecure, secure: true })).status).toBe(200)
    while (!refused())
    world.client.replace(configMaps, configMap('config-kourier', { ...config(), 'cipher-suites': '' }))
    await world.serve(kourierIngress('later', [rule('later.test', paths)]))
    expect((await world.gateway.get('later.test', { port: external })).status).toBe(200)
  })

  test('serves every other host with the one certificate of the configuration', async () => {
    world.client.replace(
      configMaps,
      configMap('config-kourier', {
        ...config(),
        'certs-secret-name': 'wildcard',
        'certs-secret-namespace': 'certs',
      }),
    )
    await world.serve(kourierIngress('other', [rule('other.test', paths)]))
    expect((await world.gateway.get('other.test', { port: externalSecure, secure: true })).status).toBe(200)
    await untilShown('other.test', '*.test')
    await untilShown('own.test', 'rotated.test')
  })
})
