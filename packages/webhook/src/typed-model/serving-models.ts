import { container, podSecurityContext } from './container-model.ts'
import {
  anything,
  flag,
  list,
  map,
  nullableFlag,
  nullableInteger,
  nullableText,
  quantity,
  struct,
  text,
} from './decode.ts'
import { objectMeta } from './metadata-model.ts'
import { volume } from './volume-model.ts'

const revisionSpec = struct({
  containerConcurrency: nullableInteger,
  timeoutSeconds: nullableInteger,
  responseStartTimeoutSeconds: nullableInteger,
  idleTimeoutSeconds: nullableInteger,
  volumes: list(volume),
  initContainers: list(container),
  containers: list(container),
  ephemeralContainers: list(anything),
  restartPolicy: text,
  terminationGracePeriodSeconds: nullableInteger,
  activeDeadlineSeconds: nullableInteger,
  dnsPolicy: text,
  nodeSelector: map(nullableText),
  serviceAccountName: text,
  serviceAccount: text,
  automountServiceAccountToken: nullableFlag,
  nodeName: text,
  hostNetwork: flag,
  hostPID: flag,
  hostIPC: flag,
  shareProcessNamespace: nullableFlag,
  securityContext: podSecurityContext,
  imagePullSecrets: list(struct({ name: text })),
  hostname: text,
  subdomain: text,
  affinity: anything,
  schedulerName: text,
  tolerations: list(anything),
  hostAliases: list(anything),
  priorityClassName: text,
  priority: nullableInteger,
  dnsConfig: anything,
  readinessGates: list(anything),
  runtimeClassName: nullableText,
  enableServiceLinks: nullableFlag,
  preemptionPolicy: nullableText,
  overhead: map(quantity),
  topologySpreadConstraints: list(anything),
  setHostnameAsFQDN: nullableFlag,
  os: anything,
  hostUsers: nullableFlag,
  schedulingGates: list(anything),
  resourceClaims: list(anything),
  resources: anything,
  hostnameOverride: nullableText,
  workloadRef: anything,
})

const template = struct({ metadata: objectMeta, spec: revisionSpec })

const traffic = list(
  struct({
    tag: text,
    revisionName: text,
    configurationName: text,
    latestRevision: nullableFlag,
    percent: nullableInteger,
    url: text,
  }),
)

const object = { apiVersion: text, kind: text, metadata: objectMeta, status: anything }

export const serviceModel = struct({ ...object, spec: struct({ template, traffic }) })
export const configurationModel = struct({ ...object, spec: struct({ template }) })
export const routeModel = struct({ ...object, spec: struct({ traffic }) })
export const revisionModel = struct({ ...object, spec: revisionSpec })
export const domainMappingModel = struct({
  ...object,
  spec: struct({
    ref: struct({
      kind: text,
      namespace: text,
      name: text,
      apiVersion: text,
      group: text,
      address: nullableText,
    }),
    tls: struct({ secretName: text }),
  }),
})
