/** An API server with nothing in it but the ConfigMaps that every service needs, so that a service can start while its image is built. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

const configNames = [
  'autoscaler',
  'certmanager',
  'defaults',
  'deployment',
  'domain',
  'features',
  'gc',
  'kourier',
  'leader-election',
  'logging',
  'network',
  'observability',
  'tracing',
]
const namespace = 'knative-serving'

interface StoredObject {
  apiVersion?: string
  kind?: string
  metadata: { name: string; namespace?: string; resourceVersion?: string; uid?: string }
  data?: Record<string, string>
}

/** Starts it on a free port of this machine; resolves with its URL. */
export function serveStandInApi(): Promise<string> {
  const objects = new Map<string, StoredObject>()
  const add = (resource: string, object: StoredObject) =>
    objects.set(`/api/v1/namespaces/${namespace}/${resource}/${object.metadata.name}`, object)
  for (const name of configNames) {
    const data: Record<string, string> = name === 'deployment' ? { 'queue-sidecar-image': 'queue-proxy' } : {}
    add('configmaps', {
      metadata: { name: `config-${name}`, namespace, resourceVersion: '1', uid: name },
      data,
    })
  }
  add('secrets', {
    metadata: { name: 'webhook-certs', namespace, resourceVersion: '1', uid: 'certs' },
    data: {},
  })
  const server = createServer((request, response) => {
    answer(objects, request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  server.unref()
  return new Promise((resolve) => {
    server.once('listening', () => {
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
    })
  })
}

async function answer(
  objects: Map<string, StoredObject>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api')
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  if (pathname === '/version') return send(200, { major: '1', minor: '34', gitVersion: 'v1.34.0' })
  if (searchParams.get('watch') === 'true') {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    return
  }
  if (request.method === 'POST' || request.method === 'PUT') {
    const object = (await bodyOf(request)) as StoredObject
    object.metadata = { ...object.metadata, resourceVersion: '2', uid: object.metadata.uid ?? 'new' }
    objects.set(request.method === 'POST' ? `${pathname}/${object.metadata.name}` : pathname, object)
    return send(200, object)
  }
  const object = objects.get(pathname)
  if (object) return send(200, object)
  const items = [...objects].filter(([path]) => path.startsWith(`${pathname}/`)).map(([, item]) => item)
  if (items.length > 0 || isCollection(pathname))
    return send(200, { metadata: { resourceVersion: '2' }, items })
  send(404, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 })
}

/** Whether a path names a list: `/api/v1/pods`, `/apis/apps/v1/namespaces/x/deployments`. */
function isCollection(pathname: string): boolean {
  const [root, ...rest] = pathname.split('/').slice(1)
  const parts = rest.slice(root === 'api' ? 1 : 2)
  return parts.length === 1 || (parts[0] === 'namespaces' && parts.length === 3)
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}
