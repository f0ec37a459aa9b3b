import {
  appProtocolH2C,
  autoscalingQueueMetricsPort,
  autoscalingQueueMetricsPortName,
  backendHTTP2Port,
  backendHTTPPort,
  backendHTTPSPort,
  controllerReference,
  type ObjectMeta,
  privateServiceName,
  type ServerlessService,
  type ServiceType,
  serverlessServices,
  serviceHTTP2Port,
  serviceHTTPPort,
  serviceHTTPSPort,
  servicePortNameH2C,
  servicePortNameHTTP1,
  servicePortNameHTTPS,
  serviceTypeKey,
  skslabelKey,
  userQueueMetricsPort,
  userQueueMetricsPortName,
  type V1Service,
  type V1ServicePort,
} from '@knative-ts/apis'

/** Metadata of an object made for a ServerlessService. */
export function makeChildMeta(sks: ServerlessService, name: string, serviceType: ServiceType): ObjectMeta {
  return {
    name,
    namespace: sks.metadata.namespace,
    labels: {
      ...sks.metadata.labels,
      [skslabelKey]: sks.metadata.name ?? '',
      [serviceTypeKey]: serviceType,
    },
    annotations: { ...sks.metadata.annotations },
    ownerReferences: [controllerReference(serverlessServices, sks)],
  }
}

/** The Service that requests are sent to; without a selector, since we say what is behind it. */
export function makePublicService(sks: ServerlessService): V1Service & { spec: { ports: V1ServicePort[] } } {
  return {
    metadata: makeChildMeta(sks, sks.metadata.name ?? '', 'Public'),
    spec: { ports: [publicPort(sks), port(servicePortNameHTTPS, serviceHTTPSPort, backendHTTPSPort)] },
  }
}

/** The Service whose Endpoints tell which of the revision's pods are ready. */
export function makePrivateService(
  sks: ServerlessService,
  selector: Record<string, string>,
): V1Service & { spec: { ports: V1ServicePort[]; selector: Record<string, string> } } {
  const name = isH2C(sks) ? servicePortNameH2C : servicePortNameHTTP1
  const target = backendPortOf(sks)
  return {
    metadata: makeChildMeta(sks, privateServiceName(sks.metadata.name ?? ''), 'Private'),
    spec: {
      selector,
      ports: [
        port(name, serviceHTTPPort, target),
        port(servicePortNameHTTPS, serviceHTTPSPort, backendHTTPSPort),
        port(autoscalingQueueMetricsPortName, autoscalingQueueMetricsPort, autoscalingQueueMetricsPortName),
        port(userQueueMetricsPortName, userQueueMetricsPort, userQueueMetricsPortName),
        // Istio tells protocols by port name, and wants the Service's port to be the pod's.
        port(`${name}-istio`, target, target),
      ],
    },
  }
}

/** The cleartext port on which the pods of this revision, or the activator in their stead, take requests. */
export function backendPortOf(sks: ServerlessService): number {
  return isH2C(sks) ? backendHTTP2Port : backendHTTPPort
}

function publicPort(sks: ServerlessService): V1ServicePort {
  const [name, number] = isH2C(sks)
    ? [servicePortNameH2C, serviceHTTP2Port]
    : [servicePortNameHTTP1, serviceHTTPPort]
  return {
    ...port(name, number, backendPortOf(sks)),
    ...(isH2C(sks) ? { appProtocol: appProtocolH2C } : {}),
  }
}

function port(name: string, number: number, targetPort: number | string): V1ServicePort {
  return { name, protocol: 'TCP', port: number, targetPort }
}

function isH2C(sks: ServerlessService): boolean {
  return sks.spec.protocolType === 'h2c'
}
