import { describe, expect, test } from '@jest/globals'
import type { ValidationContext } from '../admission-context.ts'
import { validateMetric } from '../autoscaling/metric-validation.ts'
import { validatePodAutoscaler } from '../autoscaling/pod-autoscaler-validation.ts'
import type { Metric, PodAutoscaler } from '../autoscaling/types.ts'
import type { ObjectMeta } from '../meta.ts'
import { testSettings } from '../testing/settings.ts'
import { validateConfiguration } from './configuration-validation.ts'
import { validateDomainMapping } from './domain-mapping-validation.ts'
import { validateRevision } from './revision-validation.ts'
import { validateRoute } from './route-validation.ts'
import { validateService } from './service-validation.ts'
import type {
  Configuration,
  DomainMapping,
  Revision,
  RevisionSpec,
  RevisionTemplateSpec,
  Route,
  Service,
  TrafficTarget,
} from './types.ts'

const context: ValidationContext = { ...testSettings(), operation: 'create', clusterDomain: 'cluster.local' }
const updating: ValidationContext = { ...context, operation: 'update' }

const errors = (found: { filter(level: 'error'): unknown }) => String(found.filter('error'))
const label1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"

const template = (metadata: ObjectMeta = {}, spec: Partial<RevisionSpec> = {}): RevisionTemplateSpec => ({
  metadata,
  spec: { containers: [{ name: 'c', image: 'img' }], ...spec },
})
const service = (metadata: ObjectMeta = {}, spec: Partial<Service['spec']> = {}): Service => ({
  metadata: { name: 's', namespace: 'ns', ...metadata },
  spec: { template: template(), traffic: [{ latestRevision: true, percent: 100 }], ...spec },
})

describe('names', () => {
  test.each([
    [{ name: 's' }, ''],
    [{ name: '', generateName: 's-' }, ''],
    [{ name: 'S' }, `not a DNS 1035 label: [${label1035}]: metadata.name`],
    [
      { name: '', generateName: 'S_x-' },
      `not a DNS 1035 label prefix: [${label1035}]: metadata.generateName`,
    ],
    [{ name: '' }, 'name or generateName is required: metadata.name'],
  ])('%j', (metadata, text) => expect(errors(validateService(service(metadata), context))).toBe(text))
})

describe('annotations of a Service', () => {
  test.each([
    [
      { 'autoscaling.knative.dev/min-scale': '1' },
      'invalid key name "autoscaling.knative.dev/min-scale": metadata.annotations\nautoscaling annotations must be put under "spec.template.metadata.annotations" to work',
    ],
    [{ 'serving.knative.dev/rollout-duration': '5m' }, ''],
    [{ 'serving.knative.dev/rollout-duration': '' }, ''],
    [
      { 'serving.knative.dev/rollout-duration': 'x' },
      'invalid value: x: metadata.annotations.serving.knative.dev/rollout-duration',
    ],
    [
      { 'serving.knative.dev/rolloutDuration': '1500ms' },
      'rollout-duration=1500ms is not at second precision: metadata.annotations.serving.knative.dev/rolloutDuration',
    ],
    [
      { 'serving.knative.dev/rollout-duration': '-1s' },
      'rollout-duration=-1s must be positive: metadata.annotations.serving.knative.dev/rollout-duration',
    ],
  ])('%j', (annotations: Record<string, string>, text) => {
    expect(errors(validateService(service({ annotations }), context))).toBe(text)
  })
})

describe('owners', () => {
  const owned = (kind: string, name: string): ObjectMeta => ({
    ownerReferences: [{ apiVersion: 'serving.knative.dev/v1', kind, name, uid: 'u' }],
  })
  const labels = { 'serving.knative.dev/service': 's' }
  const missing = 'missing field(s): metadata.labels.serving.knative.dev/service'
  test.each([
    [{}, missing],
    [owned('Service', 'other'), missing],
    [owned('Configuration', 's'), missing],
    [owned('Service', 's'), ''],
  ])('%j', (metadata, text) => {
    const meta = { name: 'x', labels, ...metadata }
    const configuration: Configuration = { metadata: meta, spec: { template: template() } }
    const route: Route = { metadata: meta, spec: { traffic: [{ configurationName: 'c', percent: 100 }] } }
    expect(errors(validateConfiguration(configuration, context))).toBe(text)
    expect(errors(validateRoute(route, context))).toBe(text)
  })
  test('of a Revision', () => {
    const revision: Revision = {
      metadata: { name: 'r', labels: { 'serving.knative.dev/configuration': 'c' } },
      spec: template().spec,
    }
    expect(errors(validateRevision(revision, context))).toBe(
      'missing field(s): metadata.labels.serving.knative.dev/configuration',
    )
  })
})

describe('template metadata', () => {
  const at = 'spec.template.metadata'
  test.each([
    [
      { generateName: 'S_-x' },
      {},
      `invalid value: not a DNS 1035 label prefix: [${label1035}]: ${at}.generateName`,
    ],
    [{ name: 'S' }, {}, `invalid value: not a DNS 1035 label: [${label1035}]: ${at}.name`],
    [{ name: 's-one' }, {}, ''],
    [{ name: 'other' }, {}, `invalid value: "other" must have prefix "s-": ${at}.name`],
    [{ name: 's-one' }, { name: '', generateName: 's-' }, `must not set the field(s): ${at}.name`],
    [{ name: 's-one' }, { generateName: 'x-' }, ''],
    [
      { annotations: { 'networking.knative.dev/foo': '' } },
      {},
      `invalid key name "networking.knative.dev/foo": ${at}.annotations`,
    ],
    [{ annotations: { 'networking.knative.dev/http-protocol': '' } }, {}, ''],
    [
      { annotations: { 'autoscaling.knative.dev/min-scale': 'x' } },
      {},
      `invalid value: x: ${at}.annotations.autoscaling.knative.dev/min-scale`,
    ],
    [
      { annotations: { 'serving.knative.dev/progress-deadline': '1500ms' } },
      {},
      `progress-deadline=1500ms is not at second precision: ${at}.annotations.serving.knative.dev/progress-deadline`,
    ],
    [
      { annotations: { 'queue.sidecar.serving.knative.dev/resource-percentage': '0.05' } },
      {},
      `expected 0.1 <= 0.05 <= 100: ${at}.annotations.[queue.sidecar.serving.knative.dev/resource-percentage]`,
    ],
    [
      { annotations: { 'queue.sidecar.serving.knative.dev/cpu-resource-request': 'x' } },
      {},
      `invalid value: x: ${at}.annotations.[queue.sidecar.serving.knative.dev/cpu-resource-request]`,
    ],
    [{ annotations: { 'queue.sidecar.serving.knative.dev/memory-resource-limit': '1Gi' } }, {}, ''],
  ])('%j of %j', (metadata: ObjectMeta, parent: ObjectMeta, text) => {
    expect(errors(validateService(service(parent, { template: template(metadata) }), context))).toBe(text)
  })
})

describe('revision spec', () => {
  const at = 'spec.template.spec'
  test.each([
    [{ timeoutSeconds: 601 }, {}, `expected 0 <= 601 <= 600: ${at}.timeoutSeconds`],
    [{ timeoutSeconds: -1 }, {}, `expected 0 <= -1 <= 600: ${at}.timeoutSeconds`],
    [{ containerConcurrency: 1001 }, {}, `expected 0 <= 1001 <= 1000: ${at}.containerConcurrency`],
    [
      { containerConcurrency: 0 },
      { allowContainerConcurrencyZero: false },
      `expected 1 <= 0 <= 1000: ${at}.containerConcurrency`,
    ],
    [{ responseStartTimeoutSeconds: 9999, idleTimeoutSeconds: 9999 }, {}, ''],
    [{ containers: [] }, {}, `missing field(s): ${at}.containers`],
  ])('%j with %j', (spec: Partial<RevisionSpec>, defaults, text) => {
    const settings = { ...context, ...testSettings({ defaults }) }
    expect(errors(validateService(service({}, { template: template({}, spec) }), settings))).toBe(text)
  })
})

describe('traffic', () => {
  const whole = { latestRevision: true, percent: 100 }
  const t = 'spec.traffic'
  const inService: [TrafficTarget[], string][] = [
    [[whole], ''],
    [[{ revisionName: 'a', latestRevision: false, percent: 100 }], ''],
    [
      [{ revisionName: 'a', latestRevision: true, percent: 100 }],
      `may not set revisionName "a" when latestRevision is true: ${t}[0].latestRevision`,
    ],
    [
      [{ latestRevision: false, percent: 100 }],
      `may not set revisionName "" when latestRevision is false: ${t}[0].latestRevision`,
    ],
    [[{ configurationName: 'c', percent: 100 }], `must not set the field(s): ${t}[0].configurationName`],
    [[{ ...whole, url: 'http://x' }], `must not set the field(s): ${t}[0].url`],
    [[whole, { tag: 'a' }, { tag: 'a' }], `Multiple definitions for "a": ${t}[1].tag, ${t}[2].tag`],
    [[whole, { tag: 'A' }], `invalid value: not a DNS 1035 label: [${label1035}]: ${t}.tag[1]`],
    [
      [{ percent: 101 }, { percent: -1 }],
      `expected 0 <= -1 <= 100: ${t}[1].percent\nexpected 0 <= 101 <= 100: ${t}[0].percent`,
    ],
    [[{ percent: 50 }], `Traffic targets sum to 50, want 100: ${t}`],
    [[], `Traffic targets sum to 0, want 100: ${t}`],
  ]
  test.each(inService)('of a Service: %j', (traffic, text) => {
    expect(errors(validateService(service({}, { traffic }), context))).toBe(text)
  })
  const inRoute: [TrafficTarget[], string][] = [
    [[{ configurationName: 'c', percent: 100 }], ''],
    [
      [{ percent: 100 }],
      `expected exactly one, got neither: ${t}[0].configurationName, ${t}[0].revisionName`,
    ],
    [
      [{ revisionName: 'r', configurationName: 'c', percent: 100 }],
      `expected exactly one, got both: ${t}[0].configurationName, ${t}[0].revisionName`,
    ],
  ]
  test.each(inRoute)('of a Route: %j', (traffic, text) => {
    expect(errors(validateRoute({ metadata: { name: 'r' }, spec: { traffic } }, context))).toBe(text)
  })
  test('names of other than qualified form', () => {
    const traffic = [{ revisionName: 'a b', percent: 100 }]
    expect(errors(validateRoute({ metadata: { name: 'r' }, spec: { traffic } }, context))).toMatch(
      /^invalid key name "a b": spec\.traffic\[0\]\.revisionName\nname part must consist of/,
    )
  })
})

describe('updates', () => {
  const creator = 'serving.knative.dev/creator'
  const modifier = 'serving.knative.dev/lastModifier'
  const stored = service({ annotations: { [creator]: 'bob', [modifier]: 'bob' } })
  test.each([
    [{ [creator]: 'bob', [modifier]: 'bob' }, ''],
    [
      { [creator]: 'eve', [modifier]: 'bob' },
      `annotation value is immutable: metadata.annotations.${creator}`,
    ],
    [{ [modifier]: 'bob' }, `annotation value is immutable: metadata.annotations.${creator}`],
    [{ [creator]: 'bob', [modifier]: 'eve' }, `invalid value: eve: metadata.annotations.${modifier}`],
  ])('annotations %j', (annotations: Record<string, string>, text) => {
    expect(errors(validateService(service({ annotations }), updating, stored))).toBe(text)
  })

  test('a named template may not change without a new name', () => {
    const named = (name: string, image: string) =>
      service({}, { template: template({ name }, { containers: [{ name: 'c', image }] }) })
    const update = (next: Service, subresource?: string) =>
      errors(
        validateService(
          next,
          { ...updating, ...(subresource ? { subresource } : {}) },
          named('s-one', 'one'),
        ),
      )
    expect(update(named('s-one', 'one'))).toBe('')
    expect(update(named('s-two', 'two'))).toBe('')
    const refused =
      'Saw the following changes without a name change (-old +new): spec.template.metadata.name\n{template}.spec.containers[0].image:\n\t-: "one"\n\t+: "two"'
    expect(update(named('s-one', 'two'))).toBe(refused)
    expect(update(named('s-one', 'two'), 'status')).toBe(refused)
  })

  test('a status write is not held to rules that came later', () => {
    const bad = service({ name: 'BAD' }, { traffic: [] })
    expect(errors(validateService(bad, { ...updating, subresource: 'status' }, bad))).toBe('')
  })

  test('the spec of a Revision never changes, and is not looked at again', () => {
    const revision = (timeoutSeconds: number): Revision => ({
      metadata: { name: 'r' },
      spec: template({}, { timeoutSeconds }).spec,
    })
    expect(errors(validateRevision(revision(9999), updating, revision(9999)))).toBe('')
    expect(errors(validateRevision(revision(2), updating, revision(1)))).toBe(
      'Immutable fields changed (-old +new): spec\n{spec}.timeoutSeconds:\n\t-: 1\n\t+: 2',
    )
    expect(errors(validateRevision(revision(9999), context))).toBe(
      'expected 0 <= 9999 <= 600: spec.timeoutSeconds',
    )
  })
})

describe('warnings', () => {
  const warnings = (spec: Partial<RevisionSpec>, metadata: ObjectMeta = {}, settings = context) =>
    String(validateService(service({}, { template: template(metadata, spec) }), settings).filter('warning'))
  const insecure =
    'Kubernetes default value is insecure, Knative may default this to secure in a future release'
  const at = 'spec.template.spec.containers[0].securityContext'

  test('open settings are named together', () => {
    expect(warnings({})).toBe(
      `${insecure}: ${at}.allowPrivilegeEscalation, ${at}.capabilities, ${at}.runAsNonRoot, ${at}.seccompProfile`,
    )
  })
  test('a spelling that Kubernetes does not know', () => {
    const securityContext = {
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      seccompProfile: {},
      capabilities: { drop: ['all'] },
    }
    expect(
      warnings({
        containers: [{ name: 'c', image: 'img', securityContext } as RevisionSpec['containers'][number]],
      }),
    ).toBe(
      `${insecure}: ${at}.seccompProfile.type\ninvalid value: all: ${at}.capabilities.drop\nMust be spelled as 'ALL'`,
    )
  })
  test('none when secure defaults fill them in', () => {
    expect(warnings({}, {}, { ...context, ...testSettings({ securePodDefaults: 'AllowRootBounded' }) })).toBe(
      '',
    )
  })
  test('the resource percentage is deprecated', () => {
    const annotations = { 'queue.sidecar.serving.knative.dev/resourcePercentage': '50' }
    expect(
      warnings({}, { annotations }, { ...context, ...testSettings({ securePodDefaults: 'Enabled' }) }),
    ).toBe(
      'Queue proxy resource percentage annotation is deprecated. Please use the available annotations to explicitly set resource values per service: ',
    )
  })
})

describe('DomainMapping', () => {
  const ref = { name: 's', kind: 'Service', apiVersion: 'serving.knative.dev/v1', namespace: 'ns' }
  const mapping = (metadata: ObjectMeta = {}, change: object = {}): DomainMapping => ({
    metadata: { name: 'example.com', namespace: 'ns', ...metadata },
    spec: { ref: { ...ref, ...change } },
  })
  test.each([
    [{}, {}, ''],
    [{ generateName: 'x-' }, {}, 'must not set the field(s): metadata.generateName'],
    [
      { name: 'localhost' },
      {},
      'invalid name "localhost": name: Invalid value: "localhost": should be a domain with at least two segments separated by dots: metadata.name',
    ],
    [
      { name: 'a.ns.svc.cluster.local' },
      {},
      'invalid name "a.ns.svc.cluster.local": must not be a subdomain of cluster local domain "cluster.local": metadata.name',
    ],
    [
      {},
      { name: '', kind: '', apiVersion: '' },
      'missing field(s): spec.ref.apiVersion, spec.ref.kind, spec.ref.name',
    ],
    [{}, { group: 'g' }, 'must not set the field(s): spec.ref.group'],
    [
      {},
      { namespace: 'other' },
      'mismatched namespaces: spec.ref.namespace\nparent namespace: "ns" does not match ref: "other"',
    ],
  ])('%j %j', (metadata, change, text) => {
    expect(errors(validateDomainMapping(mapping(metadata, change), context))).toBe(text)
  })
})

describe('PodAutoscaler', () => {
  const spec = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
    protocolType: 'http1',
  }
  test.each([
    [spec, ''],
    [{}, 'missing field(s): spec'],
    [
      { ...spec, scaleTargetRef: {} },
      'missing field(s): spec.scaleTargetRef.apiVersion, spec.scaleTargetRef.kind, spec.scaleTargetRef.name',
    ],
    [
      { ...spec, scaleTargetRef: { ...spec.scaleTargetRef, namespace: 'x' } },
      'must not set the field(s): spec.scaleTargetRef.namespace',
    ],
    [{ ...spec, protocolType: '' }, 'missing field(s): spec.protocolType'],
    [{ ...spec, protocolType: 'grpc' }, 'invalid value: grpc: spec.protocolType'],
    [{ ...spec, containerConcurrency: -1 }, 'expected 0 <= -1 <= 1000: spec.containerConcurrency'],
    [
      { ...spec, scaleTargetRef: { ...spec.scaleTargetRef, kind: '1' } },
      "invalid value: a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*'): spec.scaleTargetRef.kind",
    ],
  ])('%j', (given, text) => {
    expect(
      errors(validatePodAutoscaler({ metadata: { name: 'p' }, spec: given } as PodAutoscaler, context)),
    ).toBe(text)
  })
})

test.each([
  [{ stableWindow: 60e9, panicWindow: 6e9, scrapeTarget: 's' }, ''],
  [{ stableWindow: 0, panicWindow: 0, scrapeTarget: '' }, 'missing field(s): spec'],
])('Metric %j', (spec: Metric['spec'], text) => {
  expect(errors(validateMetric({ metadata: { name: 'm' }, spec }, context))).toBe(text)
})
