import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createSecureServer, type Http2SecureServer, type Http2Session } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '@knative-ts/clock'
import type { KubeClient } from '@knative-ts/kube'
import { WebhookAdmission } from './admission/webhook-admission.ts'
import { type ResolveService, WebhookClient } from './admission/webhook-client.ts'
import { Authenticator, administrator } from './auth/authenticator.ts'
import { loadCredentials } from './auth/credentials.ts'
import { kubeconfigFor } from './auth/kubeconfig.ts'
import { ApiServerStartError } from './errors.ts'
import { ApiRouter } from './http/api-router.ts'
import { evictionHandler, type LogSource, podLogHandler } from './http/pod-subresources.ts'
import { ResourceHandler, type SubresourceHandler } from './http/resource-handler.ts'
import { tokenRequestHandler } from './http/token-request.ts'
import { InProcessKubeClient } from './in-process/in-process-kube-client.ts'
import { AddressAllocator } from './kinds/address-allocator.ts'
import { builtinKinds } from './kinds/builtin-kinds.ts'
import { assertServiceAccountExists } from './kinds/service-account-check.ts'
import { DefinitionController } from './lifecycle/definition-controller.ts'
import { EventExpiry } from './lifecycle/event-expiry.ts'
import { GarbageCollector } from './lifecycle/garbage-collector.ts'
import { NamespaceController } from './lifecycle/namespace-controller.ts'
import { ObjectService } from './lifecycle/object-service.ts'
import { asRecord } from './meta/kube-object.ts'
import { OpenApiDocuments } from './openapi/open-api-documents.ts'
import { ObjectLister } from './resources/object-lister.ts'
import { ObjectRemover } from './resources/object-remover.ts'
import { ObjectWriter } from './resources/object-writer.ts'
import { ResourceRegistry } from './resources/resource-registry.ts'
import { WatchHub } from './resources/watch-hub.ts'
import { ModelSchemas } from './schema/model-schemas.ts'
import { SqliteChangeLog } from './storage/sqlite-change-log.ts'
import { Store } from './storage/store.ts'

/** Takes what goes wrong without failing a request. */
export interface ApiServerLogger {
  error(message: string, fields: Readonly<Record<string, unknown>>): void
}

export interface ApiServerOptions {
  /** Folder for state, certificates and tokens; made if missing. */
  readonly dataDir: string
  readonly listenAddress: string
  /** 0 for any free port. */
  readonly port: number
  readonly clock: Clock
  readonly logger: ApiServerLogger
  /** DNS domain of the cluster, `cluster.local` if left out. */
  readonly clusterDomain?: string
  /** Finds the address behind a Service for webhook calls; without it the Service's DNS name is dialled. */
  readonly resolveService?: ResolveService
  /** Opens container logs; without it the log subresource answers 503. */
  readonly logs?: LogSource
}

/** A running server. */
export interface ApiServer {
  readonly url: string
  readonly caPem: string
  /** YAML with one context, for an administrator. */
  readonly kubeconfig: string
  /** The administrator's bearer token. */
  readonly adminToken: string
  /** A bearer token for a ServiceAccount, whether it exists yet or not, good for a year unless told otherwise. */
  mintServiceAccountToken(
    namespace: string,
    name: string,
    options?: { lifetimeMs?: number; audiences?: readonly string[] },
  ): string
  /**
   * A client for controllers of this process, as administrator. `remote`, a client of this server as well, takes what is rare.
   * @param manager whom changed fields are ascribed to
   */
  inProcessClient(manager: string, remote: KubeClient): KubeClient
  /** Resolves when garbage collection, namespaces and definitions have no work left. */
  idle(): Promise<void>
  /** Ends watches, closes connections and the database. */
  stop(): Promise<void>
}

const yearMs = 365 * 24 * 60 * 60 * 1000
const initialNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

/** Starts an embedded Kubernetes API. Rejects with `ApiServerStartError` if the port or the state cannot be had. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { dataDir, clock, logger, listenAddress, clusterDomain = 'cluster.local' } = options
  mkdirSync(dataDir, { recursive: true })
  const credentials = loadCredentials(dataDir, hostNames(listenAddress, clusterDomain), clock.now())
  const log = openState(dataDir)
  const store = new Store(log)
  const registry = new ResourceRegistry()
  const schemas = new ModelSchemas()
  for (const kind of await builtinKinds(schemas)) registry.add(kind)

  const webhooks = new WebhookClient(options.resolveService)
  const admission = new WebhookAdmission(store, webhooks)
  const addresses = new AddressAllocator(store)
  const writer = new ObjectWriter({
    store,
    admission,
    clock,
    beforeStore: (kind, object, old) => {
      if (kind.storageKey === 'services') addresses.allocate(kind, object)
      if (kind.storageKey === 'pods' && !old) assertServiceAccountExists(store, kind, object)
    },
  })
  const remover = new ObjectRemover({ store, admission, clock })
  const lister = new ObjectLister(store)
  const watches = new WatchHub({ store, lister, clock })

  const issuer = `https://kubernetes.default.svc.${clusterDomain}`
  const { adminToken, tokenSecret: secret, caPem } = credentials
  const authenticator = new Authenticator({ adminToken, secret, store, clock, issuer })

  const report = (controller: string) => (key: string, error: unknown) =>
    logger.error(`${controller} will try again`, { key, error })
  const as = (name: string) => new ObjectService({ registry, writer, remover }, name)
  const metadata = schemas.of('V1ObjectMeta')
  const definitions = new DefinitionController({
    store,
    registry,
    clock,
    metadata,
    objects: as('definition-controller'),
    onError: report('definition controller'),
  })
  const collector = new GarbageCollector({
    store,
    clock,
    objects: as('generic-garbage-collector'),
    onError: report('garbage collector'),
  })
  const namespaces = new NamespaceController({
    store,
    clock,
    caPem,
    objects: as('namespace-controller'),
    onError: report('namespace controller'),
  })
  const expiry = new EventExpiry(store, clock)
  const bootstrap = as('bootstrap')
  for (const name of initialNamespaces) {
    await bootstrap.ensure('namespaces', '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  }
  await namespaces.idle()

  const subresources = new Map<string, SubresourceHandler>([
    ['pods/log', podLogHandler(lister, options.logs, () => clock.now())],
    ['pods/eviction', evictionHandler(store, remover)],
    ['serviceaccounts/token', tokenRequestHandler(lister, authenticator)],
  ])
  const resources = new ResourceHandler({ writer, remover, lister, watches, clock, subresources })
  const server = createSecureServer({ allowHTTP1: true, cert: credentials.certPem, key: credentials.keyPem })
  const connections = trackConnections(server)
  const controllers = [definitions, collector, namespaces]
  const stopControllers = async () => {
    expiry.stop()
    for (const controller of controllers) await controller.stop()
    webhooks.close()
    log.close()
  }
  await listen(server, options.port, listenAddress).catch(async (error: unknown) => {
    await stopControllers()
    throw error
  })
  const address = `${listenAddress.includes(':') ? `[${listenAddress}]` : listenAddress}:${(server.address() as AddressInfo).port}`
  const router = new ApiRouter({
    registry,
    authenticator,
    resources,
    openApi: new OpenApiDocuments(registry),
    clock,
    address,
    onError: (message, error) => logger.error(message, { error }),
  })
  server.on('request', (request, response) => void router.handle(request, response))

  const url = `https://${address}`
  return {
    url,
    caPem,
    adminToken,
    kubeconfig: kubeconfigFor({ url, caPem, token: adminToken, name: 'knative-local' }),
    mintServiceAccountToken: (namespace, name, { lifetimeMs = yearMs, audiences = [] } = {}) =>
      authenticator.mint(namespace, name, lifetimeMs, audiences).token,
    inProcessClient: (manager, remote) =>
      new InProcessKubeClient({
        registry,
        writer,
        remover,
        lister,
        watches,
        user: administrator,
        manager,
        remote,
      }),
    idle: async () => {
      for (const controller of controllers) await controller.idle()
    },
    stop: async () => {
      server.close()
      connections.closeAll()
      await stopControllers()
    },
  }
}

function hostNames(listenAddress: string, clusterDomain: string): string[] {
  const names = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    `kubernetes.default.svc.${clusterDomain}`,
  ]
  return [...new Set(['localhost', ...names, '127.0.0.1', listenAddress])]
}

function openState(dataDir: string): SqliteChangeLog {
  try {
    return new SqliteChangeLog(join(dataDir, 'state.db'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw /locked|busy/i.test(why)
      ? new ApiServerStartError(
          'StateInUse',
          `the state in ${dataDir} is in use by another process: stop it, or choose another folder`,
          error,
        )
      : new ApiServerStartError(
          'StateUnreadable',
          `the state in ${dataDir} cannot be read (${why}): delete the folder to start afresh`,
          error,
        )
  }
}

async function listen(server: Http2SecureServer, port: number, host: string): Promise<void> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    if (asRecord(error)['code'] !== 'EADDRINUSE') throw error
    const message = `${host}:${port} is in use: stop what listens there, or choose another port`
    throw new ApiServerStartError('AddressInUse', message, error)
  }
}

/** Connections of both protocols, so that they can be closed with their streams still open. */
function trackConnections(server: Http2SecureServer) {
  const open = new Set<Http2Session | Socket>()
  const keep = (connection: Http2Session | Socket) => {
    open.add(connection)
    connection.on('close', () => open.delete(connection))
  }
  server.on('session', keep)
  server.on('secureConnection', keep)
  server.on('sessionError', () => undefined)
  return {
    closeAll: () => {
      for (const connection of open) connection.destroy()
    },
  }
}
