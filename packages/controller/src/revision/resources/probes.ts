import { queueProbeValue, type V1Container, type V1Probe } from '@knative-ts/apis'
import { SidecarProbePortError } from '../errors.ts'

/** Spelling of the probe header in a pod spec, where it is stored as written. */
const probeHeader = 'K-Network-Probe'
const probeHost = '127.0.0.1'

/** Whether the queue-proxy can run this probe in the kubelet's stead; an exec probe stays with the kubelet. */
export function isNetworkProbe(probe: V1Probe | undefined): boolean {
  return Boolean(probe?.httpGet ?? probe?.tcpSocket ?? probe?.grpc)
}

/** The kubelet's readiness probe of the queue-proxy: the user's timings, asked of the queue-proxy itself. */
export function makeQueueReadinessProbe(userProbe: V1Probe, port: number): V1Probe {
  const { httpGet: _h, tcpSocket: _t, grpc: _g, exec: _e, ...timings } = userProbe
  return { ...timings, httpGet: { port, httpHeaders: [{ name: probeHeader, value: queueProbeValue }] } }
}

/** Points a liveness probe at the user port; with `keepPort` only where it names no port of its own. */
export function makeLivenessProbe(probe: V1Probe, userPort: number, keepPort: boolean): V1Probe {
  const portOf = (own: number | string) => (keepPort && numericPort(own) !== 0 ? own : userPort)
  if (probe.httpGet) return { ...probe, httpGet: { ...probe.httpGet, port: portOf(probe.httpGet.port) } }
  if (probe.tcpSocket) {
    return { ...probe, tcpSocket: { ...probe.tcpSocket, port: portOf(probe.tcpSocket.port) } }
  }
  return probe
}

/** The probe that the queue-proxy runs against the serving container, as JSON; empty if there is none. */
export function encodeServingProbe(serving: V1Container, userPort: number): string {
  const probe = serving.readinessProbe
  return probe ? JSON.stringify(queueProbe(probe, probePort(probe) || userPort)) : ''
}

/**
 * The probes of all containers as a JSON array, the serving one (possibly null) first.
 * @throws SidecarProbePortError for a sidecar's probe without a port
 */
export function encodeAllProbes(
  serving: V1Container,
  sidecars: readonly V1Container[],
  userPort: number,
): string {
  const own = serving.readinessProbe
  const probes: (EncodedProbe | null)[] = [own ? queueProbe(own, probePort(own) || userPort) : null]
  for (const { name, readinessProbe } of sidecars) {
    if (!readinessProbe || !isNetworkProbe(readinessProbe)) continue
    const port = probePort(readinessProbe)
    if (port === 0) throw new SidecarProbePortError(name)
    probes.push(queueProbe(readinessProbe, port))
  }
  return JSON.stringify(probes)
}

type EncodedProbe = Partial<Record<keyof V1Probe, unknown>>

/** Fields come in the order of the Kubernetes type and zero ones are left out: the text is part of the pod. */
function queueProbe(probe: V1Probe, port: number): EncodedProbe {
  const timeoutSeconds =
    (probe.periodSeconds ?? 0) > 0 && (probe.timeoutSeconds ?? 0) < 1 ? 1 : probe.timeoutSeconds
  return {
    ...queueHandler(probe, port),
    ...nonZero({
      initialDelaySeconds: probe.initialDelaySeconds,
      timeoutSeconds,
      periodSeconds: probe.periodSeconds,
      successThreshold: probe.successThreshold,
      failureThreshold: probe.failureThreshold,
      terminationGracePeriodSeconds: probe.terminationGracePeriodSeconds,
    }),
  }
}

function queueHandler({ httpGet, tcpSocket, exec, grpc }: V1Probe, port: number): EncodedProbe {
  if (httpGet) {
    const { path, scheme, httpHeaders } = httpGet
    return {
      httpGet: {
        ...(path ? { path } : {}),
        port,
        host: probeHost,
        scheme: scheme || 'HTTP',
        ...(httpHeaders?.length ? { httpHeaders } : {}),
      },
    }
  }
  // The kubelet runs an exec probe itself; the queue-proxy only checks that something listens.
  if (tcpSocket || exec) return { tcpSocket: { port, host: probeHost } }
  if (grpc) return { grpc: { port, service: grpc.service ?? '' } }
  return {}
}

function probePort({ httpGet, tcpSocket, grpc }: V1Probe): number {
  return numericPort(httpGet?.port ?? tcpSocket?.port ?? grpc?.port)
}

/** A port given as a number or its digits; 0 for a name or none. */
function numericPort(port: number | string | undefined): number {
  const number = Number(port ?? 0)
  return Number.isInteger(number) ? number : 0
}

function nonZero(fields: Record<string, number | undefined>): Record<string, number | undefined> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value))
}
