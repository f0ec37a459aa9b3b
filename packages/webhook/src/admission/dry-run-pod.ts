import {
  defaultUserPort,
  isServingContainer,
  type RevisionTemplateSpec,
  userPortName,
  type V1Container,
  type V1Pod,
  type V1Probe,
} from '@knative-ts/apis'

const generateName = 'dry-run-validation'

/** The pod that a revision template asks for, without the queue-proxy and what it takes over. */
export function dryRunPod(template: RevisionTemplateSpec, namespace: string): V1Pod {
  const {
    containerConcurrency: _concurrency,
    timeoutSeconds,
    responseStartTimeoutSeconds: _responseStart,
    idleTimeoutSeconds: _idle,
    ...spec
  } = template.spec
  const { labels, annotations } = template.metadata ?? {}
  return {
    metadata: {
      generateName,
      namespace,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
    },
    spec: {
      ...spec,
      containers: spec.containers.map((container) =>
        isServingContainer(container, spec.containers) ? servingContainer(container) : container,
      ),
      ...(timeoutSeconds === undefined ? {} : { terminationGracePeriodSeconds: timeoutSeconds }),
    },
  }
}

/** Its readiness is queue-proxy's to find out; its other probes dial its port unless told otherwise. */
function servingContainer(container: V1Container): V1Container {
  const { readinessProbe: _readiness, livenessProbe, startupProbe, ...rest } = container
  const containerPort = container.ports?.[0]?.containerPort || defaultUserPort
  return {
    ...rest,
    ports: [{ name: userPortName, containerPort, protocol: 'TCP' }],
    env: [...(container.env ?? []), { name: 'PORT', value: String(containerPort) }],
    ...(livenessProbe ? { livenessProbe: withPort(livenessProbe, containerPort) } : {}),
    ...(startupProbe ? { startupProbe: withPort(startupProbe, containerPort) } : {}),
  }
}

function withPort(probe: V1Probe, containerPort: number): V1Probe {
  const { httpGet, tcpSocket, grpc } = probe
  return {
    ...probe,
    ...(httpGet ? { httpGet: { ...httpGet, port: numeric(httpGet.port, containerPort) } } : {}),
    ...(tcpSocket ? { tcpSocket: { ...tcpSocket, port: numeric(tcpSocket.port, containerPort) } } : {}),
    ...(grpc ? { grpc: { ...grpc, port: grpc.port || containerPort } } : {}),
  }
}

/** A port by name is the container's own, whose name on the pod is another. */
function numeric(port: number | string | undefined, containerPort: number): number {
  return typeof port === 'number' && port !== 0 ? port : containerPort
}
