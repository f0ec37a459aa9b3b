import { expect, test } from '@jest/globals'
import { coreServices, deployments, endpoints, type V1EndpointSubset } from '@knative-ts/apis'
import { existing } from '@knative-ts/reconciler/testing'
import fc from 'fast-check'
import { decideBacking } from './decide.ts'
import {
  endpointsOf,
  reconcileSks,
  testDeployment,
  testServerlessService,
} from './testing/serverless-service-table.ts'

const addresses = fc.array(
  fc.ipV4().map((ip) => ({ ip })),
  { maxLength: 4 },
)
const subsets: fc.Arbitrary<V1EndpointSubset[]> = fc.array(
  fc.record(
    {
      addresses,
      notReadyAddresses: addresses,
      ports: fc.array(fc.constantFrom(8012, 8013, 8112, 9090).map((port) => ({ port }))),
    },
    { requiredKeys: [] },
  ),
  { maxLength: 3 },
)
const sks = fc
  .record({
    mode: fc.constantFrom('Serve' as const, 'Proxy' as const, undefined),
    protocolType: fc.constantFrom('http1' as const, 'h2c' as const),
    numActivators: fc.option(fc.nat(5), { nil: undefined }),
  })
  .map(({ mode, protocolType, numActivators }) =>
    testServerlessService(({ spec }) => {
      spec.protocolType = protocolType
      if (mode) spec.mode = mode
      else delete spec.mode
      if (numActivators === undefined) delete spec.numActivators
      else spec.numActivators = numActivators
    }),
  )

test('whatever the Endpoints hold, the first pass settles it and the second writes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(sks, subsets, subsets, async (given, pods, activators) => {
      const world = [
        existing(deployments, testDeployment),
        endpointsOf('default', 'hello-00001-private', pods),
        endpointsOf('knative-serving', 'activator-service', activators),
      ]
      const first = await reconcileSks(given, world)
      expect(first.outcome).toEqual({ kind: 'done' })
      const second = await reconcileSks(first.sks, [
        ...world,
        ...first.client.peekAll(coreServices).map((object) => existing(coreServices, object)),
        ...first.client
          .peekAll(endpoints)
          .filter(({ metadata }) => metadata.name === 'hello-00001')
          .map((object) => existing(endpoints, object)),
      ])
      expect(second.wrote).toEqual([])
    }),
    { numRuns: 40 },
  )
})

test('requests have somewhere to go whenever anything is ready', () => {
  fc.assert(
    fc.property(sks, subsets, subsets, (given, pods, activators) => {
      const at = (list: V1EndpointSubset[]) => ({ metadata: {}, subsets: list })
      const ready = (list: V1EndpointSubset[]) => list.flatMap((subset) => subset.addresses ?? []).length
      const backing = decideBacking(given, at(pods), at(activators))
      expect(ready(backing.subsets) > 0).toBe(ready(pods) + ready(activators) > 0)
      expect(backing.hasReadyPods).toBe(ready(pods) > 0)
    }),
  )
})
