import {
  flag,
  int32,
  int64,
  intOrString,
  list,
  listByKey,
  mapOf,
  object,
  opaque,
  quantity,
  type Schema,
  text,
} from './schema.ts'

/** Text of a field that only works while a flag of config-features allows it. */
const gated = (feature: string) => `Accepted only with the feature flag kubernetes.podspec-${feature}.`

const keyRef = (what: string): Schema => ({
  ...object(
    {
      key: text(`Key of the ${what} to take the value from.`),
      name: text(`Name of the ${what}.`, { default: '' }),
      optional: flag(`Whether the ${what} or its key may be absent.`),
    },
    `A key of a ${what} in the same namespace.`,
    ['key'],
  ),
  'x-kubernetes-map-type': 'atomic',
})

const wholeRef = (what: string): Schema => ({
  ...object(
    {
      name: text(`Name of the ${what}.`, { default: '' }),
      optional: flag(`Whether the ${what} may be absent.`),
    },
    `A ${what} in the same namespace.`,
  ),
  'x-kubernetes-map-type': 'atomic',
})

const localReference: Schema = {
  ...object({ name: text('Name of the object.', { default: '' }) }, 'An object in the same namespace.'),
  'x-kubernetes-map-type': 'atomic',
}

const env = listByKey(
  object(
    {
      name: text('Name of the variable.'),
      value: text('Value; $(NAME) refers to a variable defined before.'),
      valueFrom: object(
        {
          configMapKeyRef: keyRef('ConfigMap'),
          secretKeyRef: keyRef('Secret'),
          fieldRef: {
            ...opaque(`A field of the pod. ${gated('fieldref')}`),
            'x-kubernetes-map-type': 'atomic',
          },
          resourceFieldRef: {
            ...opaque(`A resource bound of a container. ${gated('fieldref')}`),
            'x-kubernetes-map-type': 'atomic',
          },
        },
        'Where the value comes from, if not given directly.',
      ),
    },
    'An environment variable.',
    ['name'],
  ),
  ['name'],
  'Environment variables of the container.',
)

const envFrom = list(
  object(
    {
      configMapRef: wholeRef('ConfigMap'),
      prefix: text('Put in front of each name.'),
      secretRef: wholeRef('Secret'),
    },
    'A ConfigMap or Secret all of whose keys become variables.',
  ),
  'Sources of further environment variables.',
)

const ports = list(
  object(
    {
      containerPort: int32('Port on which the container listens.'),
      name: text('Protocol to speak: empty or http1 for HTTP/1.1, h2c for cleartext HTTP/2.'),
      protocol: text('Transport protocol; TCP.', { default: 'TCP' }),
    },
    'A port of the container.',
  ),
  'The port that serves requests; at most one over all containers.',
)

const handlers: Record<string, Schema> = {
  exec: object(
    { command: list({ type: 'string' }, 'Command and its arguments.') },
    'Runs a command in the container.',
  ),
  grpc: object(
    {
      port: int32('Port of the gRPC service.'),
      service: text('Service name in the health request.', { default: '' }),
    },
    'Asks the gRPC health service.',
  ),
  httpGet: object(
    {
      host: text('Host to connect to; the pod itself by default.'),
      httpHeaders: list(
        object({ name: text('Header name.'), value: text('Header value.') }, 'A request header.', [
          'name',
          'value',
        ]),
        'Headers to send.',
      ),
      path: text('Path to request.'),
      port: intOrString('Port number or name.'),
      scheme: text('HTTP or HTTPS.'),
    },
    'Sends an HTTP GET.',
  ),
  tcpSocket: object(
    {
      host: text('Host to connect to; the pod itself by default.'),
      port: intOrString('Port number or name.'),
    },
    'Opens a TCP connection.',
  ),
}

const probe = (description: string): Schema =>
  object(
    {
      ...handlers,
      failureThreshold: int32('Failures in a row after which the probe counts as failed.'),
      initialDelaySeconds: int32('Seconds between the start of the container and the first probe.'),
      periodSeconds: int32('Seconds between probes; 0 for readiness means as often as is useful.'),
      successThreshold: int32('Successes in a row after which the probe counts as passed.'),
      timeoutSeconds: int32('Seconds after which one probe has failed.'),
    },
    description,
  )

const resources = object(
  {
    limits: mapOf(quantity('An amount.'), 'What the container may use at most.'),
    requests: mapOf(quantity('An amount.'), 'What the container is guaranteed.'),
  },
  'Compute resources of the container.',
)

const securityContext = object(
  {
    allowPrivilegeEscalation: flag('Whether a process may gain more privileges than its parent.'),
    capabilities: object(
      {
        add: list(
          { type: 'string' },
          'Capabilities to add. Accepted only with the feature flag kubernetes.containerspec-addcapabilities.',
        ),
        drop: list({ type: 'string' }, 'Capabilities to drop.'),
      },
      'POSIX capabilities.',
    ),
    privileged: flag('Must be false.'),
    readOnlyRootFilesystem: flag('Whether the root file system is read-only.'),
    runAsGroup: int64('Group ID of the first process.'),
    runAsNonRoot: flag('Whether the container must not run as user 0.'),
    runAsUser: int64('User ID of the first process.'),
    seccompProfile: object(
      { localhostProfile: text('File of the profile on the node.'), type: text('Kind of profile.') },
      'Seccomp profile.',
      ['type'],
    ),
  },
  'Security settings of the container.',
)

const volumeMounts = listByKey(
  object(
    {
      mountPath: text('Where the volume appears in the container.'),
      mountPropagation: text(`How mounts spread. ${gated('volumes-mount-propagation')}`),
      name: text('Name of the volume.'),
      readOnly: flag('Whether the mount is read-only.'),
      subPath: text('Path inside the volume to mount.'),
    },
    'A volume mounted into the container.',
    ['mountPath', 'name'],
  ),
  ['mountPath'],
  'Volumes mounted into the container.',
)

const container = object(
  {
    args: list({ type: 'string' }, 'Arguments of the entry point.'),
    command: list({ type: 'string' }, "Entry point, instead of the image's own."),
    env,
    envFrom,
    image: text('Container image.'),
    imagePullPolicy: text('Always, Never or IfNotPresent.'),
    livenessProbe: probe('Restarts the container when it fails.'),
    name: text('Name of the container.'),
    ports,
    readinessProbe: probe('Keeps requests away while it fails.'),
    resources,
    securityContext,
    startupProbe: probe('Holds the other probes back until it passes.'),
    terminationMessagePath: text("File that holds the container's last words."),
    terminationMessagePolicy: text('File or FallbackToLogsOnError.'),
    volumeMounts,
    workingDir: text('Working directory.'),
  },
  'A container of the revision.',
)

const projectedItems = list(
  object(
    {
      key: text('Key to project.'),
      mode: int32('Permission bits of the file.'),
      path: text('Relative path of the file.'),
    },
    'A key and the file it becomes.',
    ['key', 'path'],
  ),
  'Keys to project; all of them when absent.',
)

const configMapSource: Record<string, Schema> = {
  items: projectedItems,
  name: text('Name of the ConfigMap.', { default: '' }),
  optional: flag('Whether the ConfigMap may be absent.'),
}

const projectedSources = list(
  object(
    {
      configMap: object(configMapSource, 'Keys of a ConfigMap.'),
      downwardAPI: object(
        {
          items: list(
            object(
              {
                fieldRef: {
                  ...object(
                    {
                      apiVersion: text('Version the field path is written in.'),
                      fieldPath: text('Path of the field.'),
                    },
                    'A field of the pod.',
                    ['fieldPath'],
                  ),
                  'x-kubernetes-map-type': 'atomic',
                },
                mode: int32('Permission bits of the file.'),
                path: text('Relative path of the file.'),
                resourceFieldRef: {
                  ...object(
                    {
                      containerName: text('Container whose resource it is.'),
                      divisor: quantity('Unit of the value.'),
                      resource: text('Resource to expose.'),
                    },
                    'A resource bound of a container.',
                    ['resource'],
                  ),
                  'x-kubernetes-map-type': 'atomic',
                },
              },
              'A file about the pod.',
              ['path'],
            ),
            'Files about the pod.',
          ),
        },
        'Facts about the pod.',
      ),
      secret: object(
        { ...configMapSource, name: text('Name of the Secret.', { default: '' }) },
        'Keys of a Secret.',
      ),
      serviceAccountToken: object(
        {
          audience: text('Who the token is meant for.'),
          expirationSeconds: int64('Seconds the token is valid.'),
          path: text('Relative path of the file.'),
        },
        'A token of the service account.',
        ['path'],
      ),
    },
    'One source of files.',
  ),
  'Sources merged into one folder.',
)

const volumes = listByKey(
  object(
    {
      configMap: object(
        { ...configMapSource, defaultMode: int32('Permission bits of the files.') },
        'Files from a ConfigMap.',
      ),
      csi: opaque(`A CSI volume. ${gated('volumes-csi')}`),
      emptyDir: opaque(`An empty folder. ${gated('volumes-emptydir')}`),
      ephemeral: opaque(`A volume that lives as long as the pod. ${gated('volumes-ephemeral')}`),
      hostPath: opaque(`A path of the node. ${gated('volumes-hostpath')}`),
      image: opaque(`Content of an image. ${gated('volumes-image')}`),
      name: text('Name of the volume.'),
      persistentVolumeClaim: opaque(`A claimed volume. ${gated('persistent-volume-claim')}`),
      projected: object(
        { defaultMode: int32('Permission bits of the files.'), sources: projectedSources },
        'Files from several sources.',
      ),
      secret: object(
        {
          defaultMode: int32('Permission bits of the files.'),
          items: projectedItems,
          optional: flag('Whether the Secret may be absent.'),
          secretName: text('Name of the Secret.'),
        },
        'Files from a Secret.',
      ),
    },
    'A volume of the pod.',
    ['name'],
  ),
  ['name'],
  'Volumes that containers can mount.',
)

/** Fields of a revision: the allowed part of a pod spec with Knative's own fields inline. */
export const revisionSpecSchema: Schema = object(
  {
    affinity: opaque(`Scheduling constraints. ${gated('affinity')}`),
    automountServiceAccountToken: flag('Must be false: whether the service account token is mounted.'),
    containerConcurrency: int64('Requests that one pod handles at the same time; 0 is unlimited.'),
    containers: list(container, 'Containers of the pod; the one with a port serves requests.'),
    dnsConfig: opaque(`DNS parameters. ${gated('dnsconfig')}`),
    dnsPolicy: text(`DNS policy. ${gated('dnspolicy')}`),
    enableServiceLinks: flag('Whether Services appear as environment variables.'),
    hostAliases: list(
      opaque('A line of the hosts file.'),
      `Entries for the hosts file. ${gated('hostaliases')}`,
    ),
    hostIPC: flag(`Use the node's IPC namespace. ${gated('hostipc')}`),
    hostNetwork: flag(`Use the node's network. ${gated('hostnetwork')}`),
    hostPID: flag(`Use the node's process namespace. ${gated('hostpid')}`),
    idleTimeoutSeconds: int64('Longest time in seconds without a byte of the response.'),
    imagePullSecrets: listByKey(localReference, ['name'], 'Secrets for pulling images.'),
    initContainers: list(
      opaque('A container that runs to its end before the others start.'),
      `Containers that prepare the pod. ${gated('init-containers')}`,
    ),
    nodeSelector: {
      ...mapOf({ type: 'string' }, `Labels that the node must have. ${gated('nodeselector')}`),
      'x-kubernetes-map-type': 'atomic',
    },
    priorityClassName: text(`Priority class. ${gated('priorityclassname')}`),
    responseStartTimeoutSeconds: int64('Longest time in seconds until the response begins.'),
    runtimeClassName: text(`Runtime class. ${gated('runtimeclassname')}`),
    schedulerName: text(`Scheduler to use. ${gated('schedulername')}`),
    securityContext: opaque(`Security settings of the pod. ${gated('securitycontext')}`),
    serviceAccountName: text('Service account that the pod runs as.'),
    shareProcessNamespace: flag(`Share one process namespace. ${gated('shareprocessnamespace')}`),
    timeoutSeconds: int64('Longest time in seconds that a request may take.'),
    tolerations: list(opaque('A tolerated taint.'), `Tolerated taints. ${gated('tolerations')}`),
    topologySpreadConstraints: list(
      opaque('A spread constraint.'),
      `How pods spread over the cluster. ${gated('topologyspreadconstraints')}`,
    ),
    volumes,
  },
  'What one revision runs.',
  ['containers'],
)
