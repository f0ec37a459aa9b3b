import { describe, expect, test } from '@jest/globals'
import type { V1Probe } from '@knative-ts/apis'
import { encodeAllProbes, encodeServingProbe, makeLivenessProbe, makeQueueReadinessProbe } from './probes.ts'

const encode = (readinessProbe?: V1Probe) =>
  encodeServingProbe({ name: 'user', ...(readinessProbe ? { readinessProbe } : {}) }, 8080)

describe('the probe that the queue-proxy runs', () => {
  test.each<[string, V1Probe | undefined, string]>([
    ['none', undefined, ''],
    [
      'http at the user port',
      { httpGet: { port: 0 } },
      '{"httpGet":{"port":8080,"host":"127.0.0.1","scheme":"HTTP"}}',
    ],
    [
      'http with all it can say',
      {
        httpGet: {
          path: '/',
          port: 1,
          host: 'example.com',
          scheme: 'HTTPS',
          httpHeaders: [{ name: 'a', value: 'b' }],
        },
        initialDelaySeconds: 1,
        timeoutSeconds: 2,
        periodSeconds: 3,
        successThreshold: 4,
        failureThreshold: 5,
        terminationGracePeriodSeconds: 6,
      },
      '{"httpGet":{"path":"/","port":1,"host":"127.0.0.1","scheme":"HTTPS","httpHeaders":[{"name":"a","value":"b"}]},"initialDelaySeconds":1,"timeoutSeconds":2,"periodSeconds":3,"successThreshold":4,"failureThreshold":5,"terminationGracePeriodSeconds":6}',
    ],
    [
      'a port by name',
      { httpGet: { port: 'http' } },
      '{"httpGet":{"port":8080,"host":"127.0.0.1","scheme":"HTTP"}}',
    ],
    ['a port as digits', { tcpSocket: { port: '81' } }, '{"tcpSocket":{"port":81,"host":"127.0.0.1"}}'],
    [
      'tcp',
      { tcpSocket: { port: 0 }, successThreshold: 1 },
      '{"tcpSocket":{"port":8080,"host":"127.0.0.1"},"successThreshold":1}',
    ],
    ['exec becomes tcp', { exec: { command: ['true'] } }, '{"tcpSocket":{"port":8080,"host":"127.0.0.1"}}'],
    ['grpc', { grpc: { port: 0 } }, '{"grpc":{"port":8080,"service":""}}'],
    ['grpc with a port', { grpc: { port: 9, service: 's' } }, '{"grpc":{"port":9,"service":"s"}}'],
    [
      'a period without a timeout gets one second',
      { tcpSocket: { port: 0 }, periodSeconds: 1, timeoutSeconds: 0 },
      '{"tcpSocket":{"port":8080,"host":"127.0.0.1"},"timeoutSeconds":1,"periodSeconds":1}',
    ],
    [
      'no period leaves the timeout out',
      { tcpSocket: { port: 0 }, periodSeconds: 0, timeoutSeconds: 0 },
      '{"tcpSocket":{"port":8080,"host":"127.0.0.1"}}',
    ],
  ])('%s', (_, probe, expected) => {
    expect(encode(probe)).toBe(expected)
  })
})

describe('the probes of all containers', () => {
  const tcp = (port: number): V1Probe => ({ tcpSocket: { port } })

  test('the serving one comes first, null if it has none; exec stays with the kubelet', () => {
    const sidecars = [
      { name: 'a', readinessProbe: tcp(81) },
      { name: 'b', readinessProbe: { exec: { command: ['true'] } } },
      { name: 'c' },
      { name: 'd', readinessProbe: { grpc: { port: 82 } } },
    ]
    expect(encodeAllProbes({ name: 'user' }, sidecars, 8080)).toBe(
      '[null,{"tcpSocket":{"port":81,"host":"127.0.0.1"}},{"grpc":{"port":82,"service":""}}]',
    )
    expect(encodeAllProbes({ name: 'user', readinessProbe: tcp(0) }, [], 8080)).toBe(
      '[{"tcpSocket":{"port":8080,"host":"127.0.0.1"}}]',
    )
  })

  test('a sidecar must name its port', () => {
    expect(() => encodeAllProbes({ name: 'user' }, [{ name: 'a', readinessProbe: tcp(0) }], 8080)).toThrow(
      expect.objectContaining({
        code: 'SIDECAR_PROBE_PORT',
        message: 'sidecar readiness probe does not define probe port on container: a',
      }),
    )
  })
})

test('the kubelet asks the queue-proxy, in the rhythm that the user chose', () => {
  expect(
    makeQueueReadinessProbe({ exec: { command: ['x'] }, periodSeconds: 7, failureThreshold: 2 }, 8013),
  ).toEqual({
    periodSeconds: 7,
    failureThreshold: 2,
    httpGet: { port: 8013, httpHeaders: [{ name: 'K-Network-Probe', value: 'queue' }] },
  })
})

describe('liveness probes', () => {
  test.each<[string, V1Probe, boolean, V1Probe]>([
    ['http', { httpGet: { path: '/l', port: 1 } }, false, { httpGet: { path: '/l', port: 8080 } }],
    [
      'tcp',
      { tcpSocket: { port: 1 }, periodSeconds: 2 },
      false,
      { tcpSocket: { port: 8080 }, periodSeconds: 2 },
    ],
    ['a port of its own is kept', { httpGet: { port: 1 } }, true, { httpGet: { port: 1 } }],
    ['no port of its own', { tcpSocket: { port: 0 } }, true, { tcpSocket: { port: 8080 } }],
    ['exec', { exec: { command: ['x'] } }, false, { exec: { command: ['x'] } }],
    ['grpc', { grpc: { port: 5 } }, false, { grpc: { port: 5 } }],
  ])('%s', (_, probe, keepPort, expected) => {
    expect(makeLivenessProbe(probe, 8080, keepPort)).toEqual(expected)
  })
})
