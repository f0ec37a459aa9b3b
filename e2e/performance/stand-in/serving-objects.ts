import {
  configMaps,
  type ProtocolType,
  type Revision,
  revisionLabelKey,
  revisionUIDLabelKey,
  servicePortNameH2C,
  servicePortNameHTTP1,
  serviceTypeKey,
  type V1ConfigMap,
  type V1Endpoints,
} from '@knative-ts/apis'
import type { StandInApi } from './stand-in-api.ts'

const created = '2026-01-01T00:00:00Z'

/** Puts the ConfigMaps there without which nothing starts; `network` is what config-network says. */
export function putConfigMaps(api: StandInApi, network: Readonly<Record<string, string>> = {}): void {
  const data: Record<string, Record<string, string>> = {
    'config-network': { ...network },
    'config-logging': { 'loglevel.activator': 'warn' },
    'config-observability': {},
  }
  for (const [name, content] of Object.entries(data)) {
    const object: V1ConfigMap = { metadata: { name, namespace: 'knative-serving' }, data: content }
    api.put(configMaps, object)
  }
}

/** A Revision in namespace `default`. */
export function revisionObject(name: string, concurrency: number, protocol: ProtocolType): Revision {
  return {
    metadata: { name, namespace: 'default', uid: name, creationTimestamp: created },
    spec: {
      containerConcurrency: concurrency,
      timeoutSeconds: 300,
      containers: [
        {
          name: 'user',
          image: 'dev.local/soak',
          ports: [{ name: protocol === 'h2c' ? 'h2c' : 'http1', containerPort: 8080 }],
        },
      ],
    },
  }
}

/** The private Endpoints of a revision. */
export function podEndpoints(
  revision: string,
  protocol: ProtocolType,
  ready: readonly { readonly ip: string; readonly port: number }[],
): V1Endpoints {
  const name = protocol === 'h2c' ? servicePortNameH2C : servicePortNameHTTP1
  return {
    metadata: {
      name: `${revision}-private`,
      namespace: 'default',
      labels: { [revisionLabelKey]: revision, [revisionUIDLabelKey]: revision, [serviceTypeKey]: 'Private' },
    },
    subsets: ready.map(({ ip, port }) => ({ addresses: [{ ip }], ports: [{ name, port }] })),
  }
}

/** The public Endpoints of a revision, which list the activators in front of it. */
export function activatorEndpoints(revision: string, protocol: ProtocolType, ip: string): V1Endpoints {
  const name = protocol === 'h2c' ? servicePortNameH2C : servicePortNameHTTP1
  return {
    metadata: {
      name: revision,
      namespace: 'default',
      labels: { [revisionLabelKey]: revision, [serviceTypeKey]: 'Public' },
    },
    subsets: [{ addresses: [{ ip }], ports: [{ name, port: protocol === 'h2c' ? 8013 : 8012 }] }],
  }
}
