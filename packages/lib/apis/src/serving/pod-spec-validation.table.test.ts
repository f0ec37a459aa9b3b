import { describe, expect, test } from '@jest/globals'
import type { V1Container, V1Volume } from '../core/types.ts'
import { testSettings } from '../testing/settings.ts'
import { validatePodSpec } from './pod-spec-validation.ts'
import type { FeatureFlag, FeatureName } from './settings.ts'
import type { RevisionSpec } from './types.ts'

type Flags = Partial<Record<FeatureName, FeatureFlag>>

const validate = (spec: object, flags: Flags = {}, securePodDefaults: 'Disabled' | 'Enabled' = 'Disabled') =>
  String(
    validatePodSpec(
      { containers: [{ image: 'img' }], ...spec } as RevisionSpec,
      testSettings({ flags, securePodDefaults }).features,
    ),
  )
const one = (container: object, flags: Flags = {}) =>
  validate({ containers: [{ image: 'img', ...container }] }, flags)

describe('pod fields', () => {
  const disabled: [object, FeatureName | undefined, string][] = [
    [{ affinity: {} }, 'kubernetes.podspec-affinity', 'affinity'],
    [
      { topologySpreadConstraints: [{}] },
      'kubernetes.podspec-topologyspreadconstraints',
      'topologySpreadConstraints',
    ],
    [{ hostAliases: [{}] }, 'kubernetes.podspec-hostaliases', 'hostAliases'],
    [{ nodeSelector: { a: 'b' } }, 'kubernetes.podspec-nodeselector', 'nodeSelector'],
    [{ tolerations: [{}] }, 'kubernetes.podspec-tolerations', 'tolerations'],
    [{ runtimeClassName: 'a' }, 'kubernetes.podspec-runtimeclassname', 'runtimeClassName'],
    [{ priorityClassName: 'a' }, 'kubernetes.podspec-priorityclassname', 'priorityClassName'],
    [{ schedulerName: 'a' }, 'kubernetes.podspec-schedulername', 'schedulerName'],
    [{ dnsPolicy: 'None' }, 'kubernetes.podspec-dnspolicy', 'dnsPolicy'],
    [{ dnsConfig: {} }, 'kubernetes.podspec-dnsconfig', 'dnsConfig'],
    [{ shareProcessNamespace: false }, 'kubernetes.podspec-shareprocessnamespace', 'shareProcessNamespace'],
    [{ hostIPC: true }, 'kubernetes.podspec-hostipc', 'hostIPC'],
    [{ hostPID: true }, 'kubernetes.podspec-hostpid', 'hostPID'],
    [{ hostNetwork: true }, 'kubernetes.podspec-hostnetwork', 'hostNetwork'],
    [{ securityContext: {} }, 'kubernetes.podspec-securitycontext', 'securityContext'],
    [{ restartPolicy: 'Always' }, undefined, 'restartPolicy'],
    [{ automountServiceAccountToken: true }, undefined, 'automountServiceAccountToken'],
    [{ nodeName: 'n', hostname: 'h' }, undefined, 'hostname, nodeName'],
  ]
  test.each(disabled)('%j is refused', (spec, _, field) => {
    expect(validate(spec)).toBe(`must not set the field(s): ${field}`)
  })
  test.each(disabled.filter(([, flag]) => flag !== undefined))('%j passes with %s allowed', (spec, flag) => {
    expect(validate(spec, { [flag as FeatureName]: 'Allowed' })).toBe('')
  })
  test.each([
    [{ serviceAccountName: 'a.b', imagePullSecrets: [{ name: 'x' }], enableServiceLinks: false }],
    [{ automountServiceAccountToken: false }],
    [{ containerConcurrency: 0, timeoutSeconds: 1, idleTimeoutSeconds: 1, responseStartTimeoutSeconds: 1 }],
  ])('%j is always fine', (spec) => expect(validate(spec)).toBe(''))

  test('a bad service account name tells the rule on a line of its own', () => {
    expect(validate({ serviceAccountName: 'foo@bar.baz' })).toMatch(
      /^invalid value: foo@bar\.baz: serviceAccountName\na lowercase RFC 1123 subdomain must consist of/,
    )
  })
})

describe('pod security context', () => {
  const on: Flags = { 'kubernetes.podspec-securitycontext': 'Enabled' }
  test.each([
    [
      {
        runAsUser: 1,
        runAsGroup: 1,
        runAsNonRoot: true,
        fsGroup: 1,
        supplementalGroups: [1],
        seccompProfile: {},
      },
      '',
    ],
    [{ seLinuxOptions: {} }, 'must not set the field(s): securityContext.seLinuxOptions'],
    [{ runAsUser: -10 }, 'expected 0 <= -10 <= 2147483647: securityContext.runAsUser'],
    [
      { supplementalGroups: [1, -1] },
      'expected 0 <= -1 <= 2147483647: securityContext.supplementalGroups[1]',
    ],
  ])('%j', (securityContext, text) => expect(validate({ securityContext }, on)).toBe(text))
  test.each([
    [{ seccompProfile: { type: 'RuntimeDefault' } }, ''],
    [{ seccompProfile: { type: 'Localhost' } }, 'must not set the field(s): securityContext.seccompProfile'],
    [{ runAsUser: 1 }, 'must not set the field(s): securityContext.runAsUser'],
  ])('%j under secure-pod-defaults', (securityContext, text) => {
    expect(validate({ securityContext }, {}, 'Enabled')).toBe(text)
  })
})

describe('containers', () => {
  const port = { ports: [{ containerPort: 80 }] }
  test.each([
    [[], {}, 'missing field(s): containers'],
    [[{}], {}, 'missing field(s): containers[0]'],
    [[{ image: 'img', ...port }, { image: 'img' }], {}, ''],
    [
      [{ image: 'img', ...port }, { image: 'img' }],
      { 'multi-container': 'Allowed' },
      'multi-container is off, but found 2 containers: ',
    ],
    [[{ image: 'img' }, { image: 'img' }], {}, 'missing field(s): containers[*].ports'],
    [
      [
        { image: 'img', ...port },
        { image: 'img', ...port },
      ],
      {},
      'more than one container port is set: containers[*].ports\nOnly a single port is allowed across all containers',
    ],
    [
      [{ image: 'img', ports: [{ containerPort: 1 }, { containerPort: 2 }] }],
      {},
      'more than one container port is set: containers[*].ports\nOnly a single port is allowed across all containers',
    ],
    [
      [
        { image: 'img', name: 'a', ...port },
        { image: 'img', name: 'a' },
      ],
      {},
      'duplicate container name "a": containers[1].name',
    ],
    [
      [{ image: 'img', name: 'queue-proxy' }],
      {},
      '"queue-proxy" is a reserved container name: containers[0].name',
    ],
    [[{ image: 'img', name: '&InvalidValue' }], {}, ''],
  ] as [Partial<V1Container>[], Flags, string][])('%j with %j', (containers, flags, text) => {
    expect(validate({ containers }, flags)).toBe(text)
  })
})

describe('init containers', () => {
  const on: Flags = { 'kubernetes.podspec-init-containers': 'Enabled' }
  test.each([
    [
      [{ image: 'img' }],
      {},
      'must not set the field(s): initContainers\npod spec support for init-containers is off, but found 1 init containers: ',
    ],
    [
      [{ image: 'img' }],
      { 'kubernetes.podspec-init-containers': 'Allowed' },
      'pod spec support for init-containers is off, but found 1 init containers: ',
    ],
    [[{ image: 'img', env: [{ name: 'PORT' }] }], on, ''],
    [[{ image: 'img', name: 'c' }], on, 'duplicate container name "c": containers[0].name'],
    [
      [{ image: 'img', livenessProbe: {} }],
      on,
      'field not allowed in an init container: containers[0].livenessProbe',
    ],
    [
      [{ image: 'img', ports: [{ containerPort: 8012, name: 'any' }] }],
      on,
      'invalid value: 8012 is a reserved port: containers[0].ports.containerPort\n8012 is a reserved port, please use a different value',
    ],
    [[{}], on, 'missing field(s): containers[0]'],
  ] as [object[], Flags, string][])('%j with %j', (initContainers, flags, text) => {
    expect(validate({ initContainers, containers: [{ image: 'img', name: 'c' }] }, flags)).toBe(text)
  })
})

describe('container fields', () => {
  const c = 'containers[0]'
  test.each([
    [
      { lifecycle: {}, stdin: true, tty: true },
      `must not set the field(s): ${c}.lifecycle, ${c}.stdin, ${c}.tty`,
    ],
    [{ env: [{ name: '' }] }, `missing field(s): ${c}.env[0].name`],
    [{ env: [{ name: 'K_SERVICE' }] }, `"K_SERVICE" is a reserved environment variable: ${c}.env[0].name`],
    [{ env: [{ name: 'PORT' }] }, `"PORT" is a reserved environment variable: ${c}.env[0].name`],
    [
      { env: [{ name: 'K_CONFIGURATION' }, { name: 'K_REVISION' }] },
      `"K_CONFIGURATION" is a reserved environment variable: ${c}.env[0].name\n"K_REVISION" is a reserved environment variable: ${c}.env[1].name`,
    ],
    [
      { env: [{ name: 'A', valueFrom: { fieldRef: {} } }] },
      `must not set the field(s): ${c}.env[0].valueFrom.fieldRef`,
    ],
    [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'n', key: 'k' } } }] }, ''],
    [
      { envFrom: [{}] },
      `expected exactly one, got neither: ${c}.envFrom.configMapRef, ${c}.envFrom.secretRef`,
    ],
    [
      { envFrom: [{ configMapRef: { name: 'a' }, secretRef: { name: 'b' } }] },
      `expected exactly one, got both: ${c}.envFrom.configMapRef, ${c}.envFrom.secretRef`,
    ],
    [{ image: '' }, `missing field(s): ${c}.image`],
    [
      { image: 'foo:bar:baz' },
      `Failed to parse image reference: ${c}.image\nimage: "foo:bar:baz", error: could not parse reference: foo:bar:baz`,
    ],
    [
      { resources: { limits: { cpu: '1' }, claims: [{}] } },
      `must not set the field(s): ${c}.resources.claims`,
    ],
    [
      { ports: [{ containerPort: 80, name: 'http2' }] },
      `Port name http2 is not allowed: ${c}.ports\nName must be empty, or one of: 'h2c', 'http1'`,
    ],
    [{ ports: [{ containerPort: 80, name: 'h2c', protocol: 'TCP' }] }, ''],
    [{ ports: [{ containerPort: 80, protocol: 'UDP' }] }, `invalid value: UDP: ${c}.ports.protocol`],
    [{ ports: [{ containerPort: 65536 }] }, `expected 0 <= 65536 <= 65535: ${c}.ports.containerPort`],
    [{ ports: [{ containerPort: 80, hostPort: 80 }] }, `must not set the field(s): ${c}.ports.hostPort`],
    [{ ports: [{ containerPort: 8112 }] }, ''],
    [
      { securityContext: { runAsUser: -10 } },
      `expected 0 <= -10 <= 2147483647: ${c}.securityContext.runAsUser`,
    ],
    [{ securityContext: { privileged: false, capabilities: {} } }, ''],
    [{ securityContext: { privileged: true } }, `must not set the field(s): ${c}.securityContext.privileged`],
    [
      { securityContext: { capabilities: { add: ['NET_BIND_SERVICE'] } } },
      `must not set the field(s): ${c}.securityContext.capabilities.add`,
    ],
    [{ terminationMessagePolicy: 'Always' }, `invalid value: Always: ${c}.terminationMessagePolicy`],
    [
      { volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }] },
      `volumeMount has no matching volume: ${c}.volumeMounts[0].name`,
    ],
  ])('%j', (container, text) => expect(one(container)).toBe(text))

  test.each([8008, 8012, 8013, 8022, 9090, 9091])('port %d is reserved', (containerPort) => {
    expect(one({ ports: [{ containerPort }] })).toBe(
      `invalid value: ${containerPort} is a reserved port: ${c}.ports.containerPort\n${containerPort} is a reserved port, please use a different value`,
    )
  })

  test.each([
    [{ env: [{ name: 'A', valueFrom: { fieldRef: {} } }] }, { 'kubernetes.podspec-fieldref': 'Allowed' }, ''],
    [
      { securityContext: { capabilities: { add: ['A'] } } },
      { 'kubernetes.containerspec-addcapabilities': 'Enabled' },
      '',
    ],
    [
      { securityContext: { capabilities: { add: ['A'] } } },
      { 'kubernetes.containerspec-addcapabilities': 'Allowed' },
      `must not set the field(s): ${c}.securityContext.capabilities.add`,
    ],
  ] as [object, Flags, string][])('%j with %j', (container, flags, text) =>
    expect(one(container, flags)).toBe(text),
  )

  test.each([
    [['NET_BIND_SERVICE'], ''],
    [['NET_ADMIN'], 'must not set the field(s): containers[0].securityContext.capabilities.add'],
  ])('capabilities %j under secure-pod-defaults', (add, text) => {
    const containers = [{ image: 'img', securityContext: { capabilities: { add } } }]
    expect(validate({ containers }, {}, 'Enabled')).toBe(text)
  })
})

describe('volume mounts', () => {
  const volumes: V1Volume[] = [
    { name: 'secret', secret: { secretName: 's' } },
    { name: 'empty', emptyDir: {} },
  ]
  const mounts = (...volumeMounts: object[]) =>
    validate({
      volumes,
      containers: [
        {
          image: 'img',
          volumeMounts: [
            { name: 'secret', mountPath: '/s', readOnly: true },
            { name: 'empty', mountPath: '/e' },
            ...volumeMounts,
          ],
        },
      ],
    })
  const at = 'containers[0].volumeMounts[2]'
  test.each([
    [{ name: 'empty', mountPath: '/x', subPath: 'y' }, ''],
    [
      { name: 'secret', mountPath: '/x' },
      `volume mount should be readOnly for this type of volume: ${at}.readOnly`,
    ],
    [{ name: 'empty' }, `missing field(s): ${at}.mountPath`],
    [{ name: 'empty', mountPath: '/' }, `mountPath "/" is a reserved path: ${at}.mountPath`],
    [{ name: 'empty', mountPath: '/dev/log' }, `mountPath "/dev/log" is a reserved path: ${at}.mountPath`],
    [{ name: 'empty', mountPath: '/dev/' }, `mountPath "/dev" is a reserved path: ${at}.mountPath`],
    [{ name: 'empty', mountPath: '/a/..' }, `mountPath "/" is a reserved path: ${at}.mountPath`],
    [{ name: 'empty', mountPath: 'a' }, `invalid value: a: ${at}.mountPath`],
    [{ name: 'empty', mountPath: '/e' }, `invalid value: "/e" must be unique: ${at}.mountPath`],
    [{ name: 'empty', mountPath: '/x', subPathExpr: 'y' }, `must not set the field(s): ${at}.subPathExpr`],
    [
      { name: 'empty', mountPath: '/x', mountPropagation: 'None' },
      `Volume Mount Propagation support is disabled, but found volume mount empty with mount propagation: \nmust not set the field(s): ${at}.mountPropagation`,
    ],
  ])('%j', (mount, text) => expect(mounts(mount)).toBe(text))

  test.each([
    ['HostToContainer', 'Enabled', ''],
    ['Bidirectional', 'Enabled', 'mount propagation should be set to None or HostToContainer: '],
    [
      'None',
      'Allowed',
      'Volume Mount Propagation support is disabled, but found volume mount v with mount propagation: ',
    ],
  ] as const)('propagation %s when %s', (mountPropagation, flag, text) => {
    const container = { image: 'img', volumeMounts: [{ name: 'v', mountPath: '/v', mountPropagation }] }
    expect(
      validate(
        { volumes: [{ name: 'v', emptyDir: {} }], containers: [container] },
        { 'kubernetes.podspec-volumes-mount-propagation': flag },
      ),
    ).toBe(text)
  })

  test('a claim that is read-only must be mounted so', () => {
    const claim = { name: 'v', persistentVolumeClaim: { claimName: 'c', readOnly: true } }
    expect(
      validate(
        { volumes: [claim], containers: [{ image: 'img', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] },
        { 'kubernetes.podspec-persistent-volume-claim': 'Enabled' },
      ),
    ).toBe('volume is readOnly but volume mount is not: containers[0].volumeMounts[0].readOnly')
  })
})

describe('volumes', () => {
  const all: Flags = {
    'kubernetes.podspec-volumes-hostpath': 'Enabled',
    'kubernetes.podspec-volumes-csi': 'Enabled',
    'kubernetes.podspec-volumes-ephemeral': 'Enabled',
    'kubernetes.podspec-volumes-image': 'Enabled',
    'kubernetes.podspec-persistent-volume-claim': 'Enabled',
  }
  const volume = (source: object, flags: Flags = {}) =>
    validate(
      {
        volumes: [{ name: 'v', ...source }],
        containers: [{ image: 'img', volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }] }],
      },
      flags,
    )
  const v = 'volumes[0]'

  test.each([
    [{ secret: { secretName: 's', items: [{ key: 'k', path: 'p' }] } }, {}, ''],
    [{}, {}, `expected exactly one, got neither: ${v}.configMap, ${v}.emptyDir, ${v}.projected, ${v}.secret`],
    [{ secret: {}, configMap: {} }, {}, `expected exactly one, got both: ${v}.configMap, ${v}.secret`],
    [{ secret: { items: [{ path: 'p' }] } }, {}, `missing field(s): ${v}.items[0].key`],
    [{ configMap: { items: [{ key: 'k' }] } }, {}, `missing field(s): ${v}.items[0].path`],
    [{ projected: { sources: [{ secret: {} }] } }, {}, `missing field(s): ${v}.projected[0].secret.name`],
    [
      { projected: { sources: [{ configMap: {} }] } },
      {},
      `missing field(s): ${v}.projected[0].configMap.name`,
    ],
    [
      { projected: { sources: [{ serviceAccountToken: {} }] } },
      {},
      `missing field(s): ${v}.projected[0].serviceAccountToken.path`,
    ],
    [{ projected: { sources: [{ downwardAPI: { items: [{ path: 'p', fieldRef: {} }] } }] } }, {}, ''],
    [
      {
        projected: {
          sources: [{ downwardAPI: { items: [{ path: 'p', fieldRef: {}, resourceFieldRef: {} }] } }],
        },
      },
      {},
      `Within a single item, cannot set both: ${v}.projected[0].downwardAPI.items[0].fieldRef, ${v}.projected[0].downwardAPI.items[0].resourceFieldRef`,
    ],
    [{ emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } }, {}, ''],
    [{ emptyDir: { medium: 'Disk' } }, {}, `invalid value: Disk: ${v}.emptyDir.medium`],
    [{ emptyDir: { sizeLimit: '-1' } }, {}, `invalid value: -1: ${v}.emptyDir.sizeLimit`],
    [
      { emptyDir: {} },
      { 'kubernetes.podspec-volumes-emptydir': 'Disabled' },
      `EmptyDir volume support is disabled, but found EmptyDir volume v: \nmust not set the field(s): ${v}.emptyDir`,
    ],
    [
      { emptyDir: {} },
      { 'kubernetes.podspec-volumes-emptydir': 'Allowed' },
      'EmptyDir volume support is disabled, but found EmptyDir volume v: ',
    ],
    [
      { hostPath: { path: '/' } },
      { 'kubernetes.podspec-volumes-hostpath': 'Allowed' },
      'HostPath volume support is disabled, but found HostPath volume v: ',
    ],
    [
      { csi: {} },
      { 'kubernetes.podspec-volumes-csi': 'Allowed' },
      'CSI volume support is disabled, but found CSI volume v: ',
    ],
    [
      { ephemeral: {} },
      { 'kubernetes.podspec-volumes-ephemeral': 'Allowed' },
      'Ephemeral volume support is disabled, but found Ephemeral volume v: ',
    ],
    [
      { image: { reference: 'img' } },
      { 'kubernetes.podspec-volumes-image': 'Allowed' },
      'Image volume support is disabled, but found Image volume v: ',
    ],
    [{ hostPath: { path: '/' } }, all, ''],
    [{ image: {} }, all, `missing field(s): ${v}.image.reference`],
    [
      { image: { reference: 'img', pullPolicy: 'Sometimes' } },
      all,
      `invalid value: Sometimes: ${v}.image.pullPolicy`,
    ],
    [{ persistentVolumeClaim: { claimName: 'c', readOnly: true } }, all, ''],
    [
      { persistentVolumeClaim: { claimName: 'c' } },
      all,
      'Persistent volume write support is disabled, but found persistent volume claim c that is not read-only: ',
    ],
    [
      { persistentVolumeClaim: { claimName: 'c', readOnly: true } },
      { 'kubernetes.podspec-persistent-volume-claim': 'Allowed' },
      'Persistent volume claim support is disabled, but found persistent volume claim c: ',
    ],
    [{ nfs: {}, secret: {} }, {}, `must not set the field(s): ${v}.nfs`],
  ] as [object, Flags, string][])('%j with %j', (source, flags, text) =>
    expect(volume(source, flags)).toBe(text),
  )

  test('names', () => {
    const secret = { secret: { secretName: 's' } }
    expect(validate({ volumes: [{ name: 'a', ...secret }] })).toBe(
      'volume with name "a" not mounted: volumes[0].name',
    )
    expect(
      validate({
        volumes: [{ name: 'A', ...secret }],
        containers: [{ image: 'img', volumeMounts: [{ name: 'A', mountPath: '/a', readOnly: true }] }],
      }),
    ).toBe('invalid value: A: volumes[0].name')
    expect(
      validate({
        volumes: [
          { name: 'a', ...secret },
          { name: 'a', ...secret },
        ],
        containers: [{ image: 'img', volumeMounts: [{ name: 'a', mountPath: '/a', readOnly: true }] }],
      }),
    ).toBe('duplicate volume name "a": volumes[1].name')
  })
})

describe('probes', () => {
  const sidecar = (probes: object, flag: FeatureFlag) =>
    validate(
      {
        containers: [
          { image: 'img', ports: [{ containerPort: 80 }] },
          { image: 'img', ...probes },
        ],
      },
      { 'multi-container-probing': flag },
    )
  const c = 'containers[0].readinessProbe'
  const handlers = (path: string) =>
    ['exec', 'grpc', 'httpGet', 'tcpSocket'].map((name) => `${path}.${name}`).join(', ')

  test.each([
    [{ readinessProbe: { tcpSocket: {}, successThreshold: 1 } }, ''],
    [{ readinessProbe: { successThreshold: 1 } }, `expected exactly one, got neither: ${handlers(c)}`],
    [{ livenessProbe: {} }, `expected exactly one, got neither: ${handlers('containers[0].livenessProbe')}`],
    [
      { readinessProbe: { httpGet: {}, grpc: { port: 1 }, successThreshold: 1 } },
      `expected exactly one, got both: ${c}.gRPC, ${c}.httpGet`,
    ],
    [{ readinessProbe: { httpGet: { port: 9999, scheme: 'http' }, successThreshold: 1 } }, ''],
    [{ readinessProbe: { httpGet: { port: 'http' }, successThreshold: 1 } }, ''],
    [
      { readinessProbe: { tcpSocket: { port: 'other' }, successThreshold: 1 } },
      `invalid value: other: ${c}.tcpSocket.port\nProbe port must match container port`,
    ],
    [
      { ports: [{ containerPort: 80, name: 'h2c' }], livenessProbe: { httpGet: { port: 'http' } } },
      'invalid value: http: containers[0].livenessProbe.httpGet.port\nProbe port must match container port',
    ],
    [
      { readinessProbe: { exec: {}, successThreshold: 0 } },
      `expected 1 <= 0 <= 2147483647: ${c}.successThreshold`,
    ],
    [
      { readinessProbe: { exec: {}, successThreshold: 1, periodSeconds: -1 } },
      `expected 0 <= -1 <= 2147483647: ${c}.periodSeconds\nexpected 1 <= 0 <= 2147483647: ${c}.failureThreshold, ${c}.timeoutSeconds`,
    ],
    [
      { readinessProbe: { exec: {}, successThreshold: 1, initialDelaySeconds: -1 } },
      `expected 0 <= -1 <= 2147483647: ${c}.initialDelaySeconds`,
    ],
    [
      { readinessProbe: { exec: {}, successThreshold: 1, failureThreshold: 1, timeoutSeconds: 1 } },
      `failureThreshold is disallowed when periodSeconds is zero: ${c}.failureThreshold\ntimeoutSeconds is disallowed when periodSeconds is zero: ${c}.timeoutSeconds`,
    ],
    [
      { readinessProbe: { exec: {}, successThreshold: 1, periodSeconds: 1 } },
      `expected 1 <= 0 <= 2147483647: ${c}.failureThreshold, ${c}.timeoutSeconds`,
    ],
    [{ livenessProbe: { exec: {}, failureThreshold: -5 } }, ''],
  ])('serving container: %j', (probes, text) => expect(one(probes)).toBe(text))

  const s = 'containers[1]'
  test.each([
    [
      { livenessProbe: { tcpSocket: { port: 1 }, periodSeconds: 1 } },
      'Disabled',
      `must not set the field(s): ${s}.livenessProbe, ${s}.livenessProbe.periodSeconds`,
    ],
    [{ readinessProbe: { exec: {} } }, 'Allowed', `must not set the field(s): ${s}.readinessProbe`],
    [{ livenessProbe: { tcpSocket: { port: 1 } } }, 'Enabled', ''],
    [
      { livenessProbe: { tcpSocket: { port: 0 } } },
      'Enabled',
      `invalid value: 0: ${s}.livenessProbe.tcpSocket.port\nProbe port must be specified`,
    ],
    [
      { readinessProbe: { httpGet: { port: 5 } } },
      'Enabled',
      `expected 1 <= 0 <= 2147483647: ${s}.readinessProbe.successThreshold`,
    ],
    [{ startupProbe: {} }, 'Enabled', `expected exactly one, got neither: ${handlers(`${s}.startupProbe`)}`],
    [{ env: [{ name: 'PORT' }] }, 'Disabled', ''],
    [
      { env: [{ name: 'K_REVISION' }] },
      'Disabled',
      `"K_REVISION" is a reserved environment variable: ${s}.env[0].name`,
    ],
  ] as [object, FeatureFlag, string][])('sidecar: %j when probing is %s', (probes, flag, text) => {
    expect(sidecar(probes, flag)).toBe(text)
  })
})
