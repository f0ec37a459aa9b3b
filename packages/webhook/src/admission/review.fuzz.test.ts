import { expect, test } from '@jest/globals'
import { parseAutoscalerConfig, parseDefaultsConfig, parseFeaturesConfig } from '@knative-ts/config'
import type { JsonPatchOperation } from '@knative-ts/kube'
import fc from 'fast-check'
import { applyPatch } from '../testing/apply-patch.ts'
import { DefaultingController } from './defaulting.ts'
import { DryRun } from './dry-run.ts'
import { admittedTypes } from './kinds.ts'
import { ResourceValidationController } from './resource-validation.ts'
import type { AdmissionController, AdmissionRequest } from './review.ts'

const settings = {
  defaults: parseDefaultsConfig({ 'revision-cpu-request': '100m', 'revision-idle-timeout-seconds': '10' }),
  features: parseFeaturesConfig({
    'secure-pod-defaults': 'Enabled',
    'kubernetes.podspec-init-containers': 'Enabled',
    'multi-container-probing': 'Enabled',
    'kubernetes.podspec-volumes-csi': 'Enabled',
  }),
  autoscaler: parseAutoscalerConfig({ 'max-scale': '5', 'max-scale-limit': '10' }),
}
const defaulting = new DefaultingController(() => settings)
const validation = new ResourceValidationController({
  settings: () => settings,
  clusterDomain: 'cluster.local',
  dryRun: new DryRun({ create: async (_type, object) => object }),
})

const fields = [
  ...[
    'metadata',
    'spec',
    'template',
    'containers',
    'initContainers',
    'volumes',
    'volumeMounts',
    'name',
    'image',
    'env',
  ],
  ...[
    'valueFrom',
    'secretKeyRef',
    'ports',
    'containerPort',
    'resources',
    'requests',
    'cpu',
    'securityContext',
  ],
  ...[
    'capabilities',
    'drop',
    'add',
    'readinessProbe',
    'livenessProbe',
    'httpGet',
    'grpc',
    'port',
    'periodSeconds',
  ],
  ...[
    'traffic',
    'percent',
    'tag',
    'revisionName',
    'annotations',
    'labels',
    'ownerReferences',
    'rules',
    'http',
    'paths',
  ],
  ...[
    'splits',
    'serviceName',
    'tls',
    'dnsNames',
    'ref',
    'scaleTargetRef',
    'objectRef',
    'emptyDir',
    'projected',
    'sources',
  ],
  ...[
    'timeoutSeconds',
    'containerConcurrency',
    'envFrom',
    'mountPath',
    'protocolType',
    'items',
    'downwardAPI',
  ],
]
const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, '', 'a', 'a.b', '1', '/', 'h2c', '1Gi', true, false, 0, 1, -1, 100, 1.5),
  fc.string({ maxLength: 4 }),
)
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 7, withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...fields), tie('tree'), { maxKeys: 5 }),
  ),
}))

const podSpec = fc.record(
  {
    containers: fc.array(fc.dictionary(fc.constantFrom(...fields), tree, { maxKeys: 4 }), { maxLength: 3 }),
    volumes: tree,
    timeoutSeconds: leaf,
  },
  { requiredKeys: ['containers'] },
)
const object = fc.oneof(
  tree,
  fc.record({ metadata: fc.record({ name: leaf }), spec: tree }),
  fc.record({
    metadata: fc.record({ name: fc.constant('s') }),
    spec: fc.record(
      { template: fc.record({ metadata: tree, spec: podSpec }), traffic: tree },
      { requiredKeys: ['template'] },
    ),
  }),
)
const request: fc.Arbitrary<AdmissionRequest> = fc
  .tuple(fc.constantFrom(...admittedTypes), fc.constantFrom('CREATE', 'UPDATE'), object, object, fc.boolean())
  .map(([{ group, version, kind }, operation, value, oldObject, dryRun]) => ({
    uid: 'u',
    kind: { group, version, kind },
    operation,
    object: value,
    oldObject,
    dryRun,
    userInfo: { username: 'jane' },
  }))

async function decided(controller: AdmissionController, asked: AdmissionRequest) {
  try {
    return await controller.admit(asked)
  } catch (error) {
    expect(error).toMatchObject({ code: 'WEBHOOK_REJECTED' })
    return undefined
  }
}

test('whatever is sent is admitted or rejected; defaults applied twice are defaults applied once', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      const sent = structuredClone(asked)
      await decided(validation, asked)
      const patch = (await decided(defaulting, asked))?.patch as JsonPatchOperation[] | undefined
      expect(asked).toEqual(sent)
      if (!patch) return
      const once = { ...asked, object: applyPatch(asked.object, patch) }
      await decided(validation, once)
      expect((await decided(defaulting, once))?.patch).toEqual([])
    }),
    { numRuns: 1500 },
  )
})
