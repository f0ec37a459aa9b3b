import { anything, integer, integerOrText, list, map, nullableText, struct, text } from './decode.ts'
import { objectMeta } from './metadata-model.ts'

const object = { apiVersion: text, kind: text, metadata: objectMeta, status: anything }

const objectReference = struct({
  apiVersion: text,
  kind: text,
  namespace: text,
  name: text,
  uid: text,
  resourceVersion: text,
  fieldPath: text,
})

export const podAutoscalerModel = struct({
  ...object,
  spec: struct({
    containerConcurrency: integer,
    scaleTargetRef: objectReference,
    reachability: text,
    protocolType: text,
  }),
})

export const metricModel = struct({
  ...object,
  // Their schema asks for all three, even if 0 or empty.
  spec: struct({ stableWindow: anything, panicWindow: anything, scrapeTarget: nullableText }),
})

export const serverlessServiceModel = struct({
  ...object,
  spec: struct({ mode: text, objectRef: objectReference, protocolType: text, numActivators: integer }),
})

const headers = map(nullableText)

const split = struct({
  serviceNamespace: text,
  serviceName: text,
  servicePort: integerOrText,
  percent: integer,
  appendHeaders: headers,
})

const path = struct({
  path: text,
  rewriteHost: text,
  headers: map(struct({ exact: nullableText })),
  splits: list(split),
  appendHeaders: headers,
})

export const ingressModel = struct({
  ...object,
  spec: struct({
    tls: list(struct({ hosts: list(text), secretName: text, secretNamespace: text })),
    rules: list(struct({ hosts: list(text), visibility: text, http: struct({ paths: list(path) }) })),
    httpOption: text,
  }),
})

export const certificateModel = struct({
  ...object,
  spec: struct({ dnsNames: list(text), domain: text, secretName: text }),
})
