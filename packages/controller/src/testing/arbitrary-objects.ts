import type { Condition, ObjectMeta, StatusBase, TrafficTarget } from '@knative-ts/apis'
import fc from 'fast-check'

const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 3 })

/** A few names, so that objects refer to each other by chance. */
export const arbitraryName: fc.Arbitrary<string> = fc.constantFrom('foo', 'bar', 'foo-00001', 'foo-00002')

const knownKeys = [
  'serving.knative.dev/service',
  'serving.knative.dev/configuration',
  'serving.knative.dev/configurationGeneration',
  'serving.knative.dev/routingState',
  'serving.knative.dev/routes',
  'serving.knative.dev/route',
  'serving.knative.dev/rollout-duration',
  'serving.knative.dev/lastModifier',
  'networking.knative.dev/visibility',
  'networking.knative.dev/http-protocol',
  'networking.knative.dev/disable-external-domain-tls',
  'networking.internal.knative.dev/rollout',
  '__proto__x',
]

const arbitraryMap: fc.Arbitrary<Record<string, string>> = fc.dictionary(
  fc.constantFrom(...knownKeys),
  fc.oneof(
    fc.constantFrom(
      '',
      'foo',
      'bar',
      'active',
      'reserve',
      '1',
      '2',
      '10s',
      'cluster-local',
      'enabled',
      'foo,bar',
    ),
    fc.string({ maxLength: 12 }),
  ),
  { maxKeys: 5 },
)

/** Metadata of one of a few objects in one namespace, as the API server would let it be. */
export function arbitraryMeta(name: fc.Arbitrary<string> = arbitraryName): fc.Arbitrary<ObjectMeta> {
  return fc
    .record({
      name,
      generation: fc.constantFrom(1, 1, 2),
      labels: some(arbitraryMap),
      annotations: some(arbitraryMap),
      owner: some(fc.constantFrom('uid-Service-foo', 'uid-Configuration-foo', 'uid-Route-foo', 'uid-x')),
      kind: fc.constantFrom('Service', 'Configuration', 'Route'),
    })
    .map(({ owner, kind, ...meta }) => ({
      ...meta,
      namespace: 'default',
      ...(owner
        ? {
            ownerReferences: [
              { apiVersion: 'serving.knative.dev/v1', kind, name: 'foo', uid: owner, controller: true },
            ],
          }
        : {}),
    }))
}

const arbitraryCondition: fc.Arbitrary<Condition> = fc.record(
  {
    type: fc.constantFrom('Ready', 'IngressReady', 'RoutesReady', 'AllTrafficAssigned', 'Renewing'),
    status: fc.constantFrom('True', 'False', 'Unknown'),
    reason: fc.string({ maxLength: 8 }),
    message: fc.string({ maxLength: 8 }),
  },
  { requiredKeys: ['type', 'status'] },
)

/** The part of a status that all kinds share. */
export const arbitraryStatus: fc.Arbitrary<StatusBase> = fc.oneof(
  fc.record(
    {
      observedGeneration: fc.integer({ min: 0, max: 2 }),
      conditions: fc.uniqueArray(arbitraryCondition, { maxLength: 4, selector: ({ type }) => type }),
    },
    { requiredKeys: [] },
  ),
  fc.constant<StatusBase>({ observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] }),
)

/** Traffic targets that may or may not lead somewhere. */
export const arbitraryTraffic: fc.Arbitrary<TrafficTarget[]> = fc.array(
  fc.record(
    {
      revisionName: arbitraryName,
      configurationName: arbitraryName,
      tag: fc.constantFrom('', 'blue', 'x'.repeat(60)),
      percent: fc.integer({ min: 0, max: 100 }),
      latestRevision: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  { maxLength: 4 },
)
