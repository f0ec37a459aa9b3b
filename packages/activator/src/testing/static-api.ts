import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { revisionLabelKey, revisionUIDLabelKey, serviceTypeKey, type V1Secret } from '@knative-ts/apis'

/** An API server whose objects never change. */
export interface StaticApi extends AsyncDisposable {
  readonly port: number
}

/** Where the one pod of the one revision is. */
export interface OnePod {
  readonly revision: string
  readonly ip: string
  readonly port: number
}

/** What there is beside the revision, its pod and empty ConfigMaps. */
export interface OtherObjects {
  /** Of config-network. */
  readonly network?: Readonly<Record<string, string>>
  /** Of config-observability. */
  readonly observability?: Readonly<Record<string, string>>
  readonly secrets?: readonly V1Secret[]
  /** Where the revision's private Service is. */
  readonly service?: { readonly ip: string; readonly port: number }
}

/** Serves the ConfigMaps that the activator reads, and a revision in `default` that has one pod. */
export async function staticApi(pod: OnePod, others: OtherObjects = {}): Promise<StaticApi> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api')
    response.setHeader('content-type', 'application/json')
    if (searchParams.has('watch')) response.flushHeaders()
    else if (pathname === '/version') response.end(JSON.stringify({ gitVersion: 'v1.34.0' }))
    else {
      const items = itemsOf(pathname.slice(pathname.lastIndexOf('/') + 1), searchParams, pod, others)
      response.end(JSON.stringify({ metadata: { resourceVersion: '10' }, items }))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function itemsOf(resource: string, query: URLSearchParams, pod: OnePod, others: OtherObjects): object[] {
  const { revision } = pod
  const { network, observability, secrets = [], service } = others
  if (resource === 'secrets') return [...secrets]
  if (resource === 'configmaps')
    return Object.entries({
      'config-network': network,
      'config-logging': {},
      'config-observability': observability,
    }).map(([name, data = {}]) => ({
      metadata: { name, namespace: 'knative-serving', resourceVersion: '1' },
      data,
    }))
  if (resource === 'revisions')
    return [
      {
        metadata: { name: revision, namespace: 'default', uid: 'uid', resourceVersion: '2' },
        spec: { containers: [{ name: 'user', image: 'dev.local/user' }], timeoutSeconds: 300 },
      },
    ]
  if (!query.get('labelSelector')?.includes(`${serviceTypeKey}=Private`)) return []
  const metadata = {
    name: `${revision}-private`,
    namespace: 'default',
    resourceVersion: '3',
    labels: { [revisionLabelKey]: revision, [revisionUIDLabelKey]: 'uid', [serviceTypeKey]: 'Private' },
  }
  if (resource === 'endpoints')
    return [
      { metadata, subsets: [{ addresses: [{ ip: pod.ip }], ports: [{ name: 'http', port: pod.port }] }] },
    ]
  if (resource === 'services' && service)
    return [{ metadata, spec: { clusterIP: service.ip, ports: [{ name: 'http', port: service.port }] } }]
  return []
}
