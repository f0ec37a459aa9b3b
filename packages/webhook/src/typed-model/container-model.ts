import {
  anything,
  flag,
  integer,
  integerOrText,
  list,
  map,
  nullableFlag,
  nullableInteger,
  nullableText,
  quantity,
  struct,
  text,
} from './decode.ts'

const seccompProfile = struct({ type: text, localhostProfile: nullableText })

const keySelector = struct({ name: text, key: text, optional: nullableFlag })

const envSource = struct({
  fieldRef: struct({ apiVersion: text, fieldPath: text }),
  resourceFieldRef: struct({ containerName: text, resource: text, divisor: quantity }),
  configMapKeyRef: keySelector,
  secretKeyRef: keySelector,
  fileKeyRef: anything,
})

const namedSource = struct({ name: text, optional: nullableFlag })

const probe = struct({
  exec: struct({ command: list(text) }),
  httpGet: struct({
    path: text,
    port: integerOrText,
    host: text,
    scheme: text,
    httpHeaders: list(struct({ name: nullableText, value: nullableText })),
  }),
  tcpSocket: struct({ port: integerOrText, host: text }),
  grpc: struct({ port: nullableInteger, service: nullableText }),
  initialDelaySeconds: integer,
  timeoutSeconds: integer,
  periodSeconds: integer,
  successThreshold: integer,
  failureThreshold: integer,
  terminationGracePeriodSeconds: nullableInteger,
})

const securityContext = struct({
  capabilities: struct({ add: list(text), drop: list(text) }),
  privileged: nullableFlag,
  seLinuxOptions: anything,
  windowsOptions: anything,
  runAsUser: nullableInteger,
  runAsGroup: nullableInteger,
  runAsNonRoot: nullableFlag,
  readOnlyRootFilesystem: nullableFlag,
  allowPrivilegeEscalation: nullableFlag,
  procMount: nullableText,
  seccompProfile,
  appArmorProfile: anything,
})

/** Security settings of a whole pod. */
export const podSecurityContext = struct({
  seLinuxOptions: anything,
  windowsOptions: anything,
  runAsUser: nullableInteger,
  runAsGroup: nullableInteger,
  runAsNonRoot: nullableFlag,
  supplementalGroups: list(nullableInteger),
  supplementalGroupsPolicy: nullableText,
  fsGroup: nullableInteger,
  sysctls: list(anything),
  fsGroupChangePolicy: nullableText,
  seccompProfile,
  appArmorProfile: anything,
  seLinuxChangePolicy: nullableText,
})

/** A container, or one that runs before the others. */
export const container = struct({
  name: text,
  image: text,
  command: list(text),
  args: list(text),
  workingDir: text,
  ports: list(
    struct({ name: text, hostPort: integer, containerPort: integer, protocol: text, hostIP: text }),
  ),
  envFrom: list(struct({ prefix: text, configMapRef: namedSource, secretRef: namedSource })),
  env: list(struct({ name: text, value: text, valueFrom: envSource })),
  resources: struct({ limits: map(quantity), requests: map(quantity), claims: list(anything) }),
  resizePolicy: list(anything),
  restartPolicy: nullableText,
  restartPolicyRules: list(anything),
  volumeMounts: list(
    struct({
      name: text,
      readOnly: flag,
      recursiveReadOnly: nullableText,
      mountPath: text,
      subPath: text,
      mountPropagation: nullableText,
      subPathExpr: text,
    }),
  ),
  volumeDevices: list(anything),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: anything,
  terminationMessagePath: text,
  terminationMessagePolicy: text,
  imagePullPolicy: text,
  securityContext,
  stdin: flag,
  stdinOnce: flag,
  tty: flag,
})
