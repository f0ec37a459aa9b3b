import { describe, expect, test } from '@jest/globals'
import {
  deployments,
  images,
  podAutoscalers,
  type Revision,
  type V1Container,
  type V1Probe,
} from '@knative-ts/apis'
import { existing } from '@knative-ts/reconciler/testing'
import fc from 'fast-check'
import { testConfig } from '../testing/config.ts'
import { makeDeployment, mergeDeployment } from './resources/deployment.ts'
import { fingerprint } from './resources/fingerprint.ts'
import { testInstallation, testRevision } from './testing/revision-fixtures.ts'
import { reconcileRevision } from './testing/revision-table.ts'

const port = fc.oneof(fc.integer({ min: 0, max: 70_000 }), fc.constantFrom('http', '8080', ''))
const probe: fc.Arbitrary<V1Probe> = fc.record(
  {
    httpGet: fc.record({ port, path: fc.string() }, { requiredKeys: ['port'] }),
    tcpSocket: fc.record({ port }),
    grpc: fc.record({ port: fc.nat(70_000) }),
    exec: fc.record({ command: fc.array(fc.string()) }),
    periodSeconds: fc.nat(100),
    timeoutSeconds: fc.nat(100),
  },
  { requiredKeys: [] },
)
const quantity = fc.oneof(fc.constantFrom('1', '100m', '1Gi', '0', '1e3'), fc.string())
const container: fc.Arbitrary<Omit<V1Container, 'name'>> = fc.record(
  {
    image: fc.constantFrom('dev.local/one', 'ko.local/two:v1', 'dev.local/three/four'),
    ports: fc.array(fc.record({ containerPort: fc.nat(70_000), name: fc.constantFrom('h2c', 'http1', '') }), {
      maxLength: 2,
    }),
    env: fc.array(fc.record({ name: fc.string(), value: fc.string() }), { maxLength: 2 }),
    readinessProbe: probe,
    livenessProbe: probe,
    resources: fc.record({ requests: fc.dictionary(fc.constantFrom('cpu', 'memory'), quantity) }),
  },
  { requiredKeys: ['image'] },
)
const metadataMap = fc.dictionary(
  fc.oneof(
    fc.string(),
    fc.constantFrom(
      'app',
      'autoscaling.knative.dev/initial-scale',
      'queue.sidecar.serving.knative.dev/resource-percentage',
      'serving.knative.dev/progress-deadline',
      'serving.knative.dev/routingState',
    ),
  ),
  fc.oneof(fc.string(), fc.constantFrom('active', '3', '90s', '33.3')),
  { maxKeys: 5 },
)
const revision: fc.Arbitrary<Revision> = fc
  .record({
    containers: fc.array(container, { minLength: 1, maxLength: 3 }),
    labels: metadataMap,
    annotations: metadataMap,
    timeoutSeconds: fc.option(fc.nat(600), { nil: undefined }),
  })
  .map(({ containers, labels, annotations, timeoutSeconds }) =>
    testRevision((copy) => {
      copy.metadata.labels = labels
      copy.metadata.annotations = annotations
      copy.spec.containers = containers.map((rest, i) => ({ name: `c${i}`, ...rest }))
      if (timeoutSeconds === undefined) delete copy.spec.timeoutSeconds
      else copy.spec.timeoutSeconds = timeoutSeconds
    }),
  )

describe('arbitrary revisions', () => {
  test('the first pass makes everything, the second writes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(revision, async (given) => {
        const first = await reconcileRevision({ revision: given })
        expect(first.outcome).toEqual({ kind: 'done' })
        expect(first.wrote.filter((write) => write.startsWith('create'))).toHaveLength(
          2 + given.spec.containers.length,
        )
        const second = await reconcileRevision({
          revision: first.revision,
          world: [
            ...first.client.peekAll(deployments).map((object) => existing(deployments, object)),
            ...first.client.peekAll(podAutoscalers).map((object) => existing(podAutoscalers, object)),
            ...first.client.peekAll(images).map((object) => existing(images, object)),
          ],
        })
        expect(second.wrote).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('with probes for all containers nothing but a missing port is refused', () => {
    const config = testConfig({ features: { 'multi-container-probing': 'Enabled' } })
    fc.assert(
      fc.property(revision, (given) => {
        try {
          makeDeployment(given, config, testInstallation)
        } catch (error) {
          expect(error).toMatchObject({ code: 'SIDECAR_PROBE_PORT' })
        }
      }),
      { numRuns: 200 },
    )
  })

  test('what was merged is current, and merging again changes nothing', () => {
    const config = testConfig()
    fc.assert(
      fc.property(revision, metadataMap, (given, foreign) => {
        const desired = makeDeployment(given, config, testInstallation)
        const live = { ...desired, metadata: { ...desired.metadata, annotations: foreign } }
        const once = mergeDeployment(live, desired)
        expect(mergeDeployment(once, desired)).toEqual(once)
      }),
      { numRuns: 100 },
    )
  })
})

describe('the fingerprint', () => {
  test('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse())
        expect(fingerprint({ a: reversed })).toBe(fingerprint({ a: value }))
      }),
    )
  })

  test('is the 32-bit FNV-1a of the canonical JSON in base 36', () => {
    expect(Number.parseInt(fingerprint({}), 36)).toBe(fnv1a('{}'))
    expect(Number.parseInt(fingerprint({ b: 1, a: [2] }), 36)).toBe(fnv1a('{"a":[2],"b":1}'))
  })
})

function fnv1a(text: string): number {
  let hash = 0x811c9dc5n
  for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn
  return Number(hash)
}
