import { describe, expect, test } from '@jest/globals'
import { type Service, services, type V1Container } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { eventually } from '../harness/eventually.ts'
import { connectSuite } from '../harness/suite.ts'

const { workspace, needs } = await connectSuite()

const readyDelayMs = 3_000
type Probe = NonNullable<V1Container['readinessProbe']>

const slowlyReady = { READY_DELAY_MS: String(readyDelayMs), LISTEN_DELAY_MS: '500' }
const slowlyListening = { LISTEN_DELAY_MS: String(readyDelayMs) }

const probesAsked = async (service: Service) =>
  JSON.parse((await workspace.get(service, '/probes')).body) as Record<'ready' | 'live' | 'start', number>

const http = { httpGet: { path: '/healthz/ready' } as never }
const connection = { tcpSocket: {} as never }
const command = { exec: { command: ['node', 'server.js', 'probe', 'ready'] } }

describe('readiness', () => {
  test.each<[string, number, Probe, Record<string, string>]>([
    ['http', 0, http, slowlyReady],
    ['http', 1, http, slowlyReady],
    ['a connection', 0, connection, slowlyListening],
    ['a connection', 1, connection, slowlyListening],
    ['a command', 0, command, slowlyReady],
    ['a command', 1, command, slowlyReady],
  ])('by %s, period %i: the first request after Ready is answered', async (_, periodSeconds, probe, env) => {
    const startedMs = systemClock.monotonic()
    const container = { readinessProbe: { ...probe, periodSeconds } }
    const service = await workspace.serve({ image: 'readiness', env, container })
    expect((await workspace.get(service)).status).toBe(200)
    expect(systemClock.monotonic() - startedMs).toBeGreaterThan(readyDelayMs)
    expect((await probesAsked(service)).ready > 0).toBe(probe !== connection)
  })

  test('by a path with a query', async () => {
    const service = await workspace.serve({
      image: 'readiness',
      container: { readinessProbe: { httpGet: { path: '/query?probe=ok' } as never } },
    })
    expect((await workspace.get(service)).status).toBe(200)
  })

  needs('ownPorts')('on a port of its own', async () => {
    const service = await workspace.serve({
      image: 'readiness',
      env: { PROBE_PORT: '8077' },
      container: { readinessProbe: { httpGet: { path: '/healthz/ready', port: 8077 }, periodSeconds: 1 } },
    })
    expect((await probesAsked(service)).ready).toBeGreaterThan(0)
  })

  test('by gRPC', async () => {
    const service = await workspace.serve({
      image: 'grpc-ping',
      container: { ports: [{ name: 'h2c', containerPort: 8080 }], readinessProbe: { grpc: {} as never } },
    })
    expect(service.status?.latestReadyRevisionName).toBeTruthy()
  })

  test('lost later: requests wait or get 503, and are answered again when it is back', async () => {
    const service = await workspace.serve({
      image: 'readiness',
      annotations: { 'autoscaling.knative.dev/max-scale': '1', 'autoscaling.knative.dev/min-scale': '1' },
      container: {
        readinessProbe: {
          httpGet: { path: '/healthz/ready' } as never,
          periodSeconds: 1,
          failureThreshold: 1,
        },
      },
    })
    expect((await workspace.get(service, '/fail/ready?ms=25000')).status).toBe(200)
    await eventually('an unready pod', async () => {
      const [pod] = await workspace.podsOf(service.status?.latestReadyRevisionName ?? '')
      return pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'False')
    })
    const answers: (number | string)[] = []
    await eventually('503, or no answer', async () => {
      const answer = workspace.get(service).then(({ status }) => status)
      answers.push(await Promise.race([answer, systemClock.sleep(5_000).then(() => 'none yet')]))
      return answers.at(-1) !== 200
    })
    expect([503, 'none yet']).toContain(answers.at(-1))
    await eventually('an answer again', async () => (await workspace.get(service)).status === 200)
  })
})

describe('liveness', () => {
  test('is asked again and again; a container that fails it is restarted and serves again', async () => {
    const service = await workspace.serve({
      image: 'readiness',
      annotations: { 'autoscaling.knative.dev/min-scale': '1' },
      container: {
        livenessProbe: {
          httpGet: { path: '/healthz/live' } as never,
          periodSeconds: 1,
          failureThreshold: 2,
        },
      },
    })
    const revision = service.status?.latestReadyRevisionName ?? ''
    await eventually('five liveness probes', async () => (await probesAsked(service)).live >= 5)
    const first = (await workspace.get(service)).body
    await workspace.get(service, '/fail/live')
    await eventually('a restart', async () => {
      const [pod] = await workspace.podsOf(revision)
      return pod?.status?.containerStatuses?.some(({ restartCount }) => restartCount > 0)
    })
    const second = await eventually('an answer of the new container', async () => {
      const { status, body } = await workspace.get(service)
      return status === 200 && body !== first ? body : undefined
    })
    expect(second.split(',')[0]).toBe(first.split(',')[0])
  })

  test('waits for startup: a container that starts slowly is not restarted', async () => {
    const service = await workspace.serve({
      image: 'readiness',
      annotations: { 'autoscaling.knative.dev/min-scale': '1' },
      env: { READY_DELAY_MS: '5000' },
      container: {
        startupProbe: {
          httpGet: { path: '/healthz/start', port: 8080 },
          periodSeconds: 1,
          failureThreshold: 30,
        },
        livenessProbe: {
          httpGet: { path: '/healthz/start' } as never,
          periodSeconds: 1,
          failureThreshold: 1,
        },
      },
    })
    const [pod] = await workspace.podsOf(service.status?.latestReadyRevisionName ?? '')
    expect(pod?.status?.containerStatuses?.map(({ restartCount }) => restartCount)).toEqual([0, 0])
    expect((await workspace.ready(services, service.metadata.name ?? '')).metadata.name).toBeTruthy()
  })
})
