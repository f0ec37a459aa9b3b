import { afterAll, beforeAll, describe, expect } from '@jest/globals'
import {
  configMaps,
  dataPlaneRoutingSAN,
  dataPlaneUserSAN,
  pods,
  type Service,
  secrets,
  servingRoutingCertName,
  trustBundleLabelKey,
  type V1Pod,
} from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { awaitPods, components, deletePod, podsOf, systemNamespace } from '../ha/components.ts'
import { eventually } from '../harness/eventually.ts'
import { lastLogLine } from '../harness/last-log-line.ts'
import { underLoad } from '../harness/load.ts'
import { connectSuite } from '../harness/suite.ts'
import { changeConfig, withConfig } from '../harness/with-config.ts'
import { DataPlaneAuthority } from './data-plane-authority.ts'

const { workspace, client, gateway, capabilities, needs } = await connectSuite()

const podCertificate = 'serving-certs'
const bundle = 'e2e-trust-bundle'
const throughActivator = { 'autoscaling.knative.dev/target-burst-capacity': '-1' }
const directly = {
  'autoscaling.knative.dev/target-burst-capacity': '0',
  'autoscaling.knative.dev/min-scale': '1',
}
/** Kubelets bring a changed Secret to its pods within about a minute; queue-proxies read theirs once a minute. */
const renewalMs = 240_000
const authority = new DataPlaneAuthority('first authority')
const undo: (() => Promise<unknown>)[] = []

const podSecret = (signer: DataPlaneAuthority) =>
  signer.secret(workspace.namespace, podCertificate, dataPlaneUserSAN(workspace.namespace))

/** Activators read config-network when they start. */
async function restartActivators(): Promise<void> {
  const old = await podsOf(client, components.activator)
  for (const pod of old) await deletePod(client, pod, 0)
  await awaitPods(client, components.activator, old.length)
}

beforeAll(async () => {
  if (!capabilities.mounts) return
  await client.create(secrets, authority.secret(systemNamespace, servingRoutingCertName, dataPlaneRoutingSAN))
  undo.push(() => client.delete(secrets, systemNamespace, servingRoutingCertName))
  undo.push(restartActivators)
  undo.push(await changeConfig(client, 'config-network', { 'system-internal-tls': 'enabled' }))
  await restartActivators()
  await client.create(secrets, podSecret(authority))
})

afterAll(async () => {
  for (const step of undo.reverse()) await step()
})

interface Line {
  readonly tls: string
  readonly message: string
}

const lastLine = (pod: V1Pod, container: string) => lastLogLine<Line>(client, pod, container)

async function podOf(service: Service): Promise<V1Pod> {
  const [pod] = await workspace.readyPodsOf(service.status?.latestReadyRevisionName ?? '')
  if (!pod) throw new Error('no pod is ready')
  return pod
}

describe('with system-internal-tls', () => {
  needs('mounts')('requests travel by TLS, as the logs of activator and queue-proxy say', async () => {
    const data = {
      'logging.enable-request-log': 'true',
      'logging.request-log-template': '{"tls": "{{.Request.TLS}}"}',
    }
    await withConfig(client, 'config-observability', data, async () => {
      const service = await workspace.serve({ image: 'runtime', annotations: throughActivator })
      const activators = await podsOf(client, components.activator)
      const tlsOf = (pod: V1Pod, container: string) =>
        eventually(`a request by TLS in the log of ${container}`, async () => {
          expect((await workspace.get(service)).status).toBe(200)
          return (await lastLine(pod, container)).tls
        })
      expect(await tlsOf(await podOf(service), 'queue-proxy')).toMatch(/^\{/)
      expect(await Promise.any(activators.map((pod) => tlsOf(pod, 'activator')))).toMatch(/^\{/)
    })
  })

  needs('mounts')('a Service wakes from zero', async () => {
    const service = await workspace.serve({
      image: 'runtime',
      annotations: {
        'autoscaling.knative.dev/window': '6s',
        'autoscaling.knative.dev/scale-to-zero-pod-retention-period': '0s',
      },
    })
    await workspace.scaled(service.status?.latestReadyRevisionName ?? '', 0, { withinMs: 120_000 })
    expect((await workspace.get(service)).status).toBe(200)
  })

  needs('mounts')('a pod that is deleted finishes the requests it has', async () => {
    const service = await workspace.serve({ image: 'autoscale', annotations: directly })
    const pod = await podOf(service)
    const running = Array.from({ length: 6 }, () => workspace.get(service, '/?sleep=8000'))
    await systemClock.sleep(1_000)
    await client.delete(pods, workspace.namespace, pod.metadata.name ?? '')
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual(Array(6).fill(200))
  })

  needs('mounts')(
    'a certificate of another authority takes the place of the old one without one failed request',
    async () => {
      // Lines of requests would follow the one that is looked for.
      const withoutRequestLog = { 'logging.enable-request-log': 'false' }
      undo.push(await changeConfig(client, 'config-observability', withoutRequestLog))
      const ways = [throughActivator, directly]
      const busy = await Promise.all(
        ways.map((annotations) => workspace.serve({ image: 'autoscale', annotations })),
      )
      const served = await Promise.all(busy.map(podOf))
      const renew = async () => {
        const next = new DataPlaneAuthority('second authority')
        await client.create(configMaps, {
          metadata: { namespace: systemNamespace, name: bundle, labels: { [trustBundleLabelKey]: 'true' } },
          data: { 'ca.crt': next.certificate },
        })
        undo.push(() => client.delete(configMaps, systemNamespace, bundle))
        const { data } = podSecret(next)
        await client.patch(secrets, workspace.namespace, podCertificate, { type: 'merge', body: { data } })
        const renewed = (pod: V1Pod) =>
          eventually(
            'the new certificate',
            async () => (await lastLine(pod, 'queue-proxy')).message?.includes('were reloaded'),
            { withinMs: renewalMs, everyMs: 1_000 },
          )
        await Promise.all(served.map(renewed))
        await systemClock.sleep(2_000)
      }
      const renewal = renew()
      const loads = await Promise.all(
        busy.map(({ status }) => underLoad(gateway, `${status?.url}/?sleep=20`, 2, () => renewal, 20)),
      )
      for (const { failures, requests } of loads) {
        expect(failures).toEqual({})
        expect(requests).toBeGreaterThan(100)
      }
    },
    2 * renewalMs,
  )
})
