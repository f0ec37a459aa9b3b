import {
  logVerbosity,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  setLogVerbosity,
  status,
} from '@grpc/grpc-js'
import type { Clock } from '@knative-ts/clock'
import type { Logger } from '@knative-ts/observability'
import { AdsStream, type Refusal } from './ads-stream.ts'
import { discoveryServices } from './discovery-services.ts'
import type { DiscoveryRequest } from './envoy/discovery.ts'
import { XdsListenError } from './errors.ts'
import { alwaysServing, healthService } from './health-service.ts'
import type { SnapshotCache } from './snapshot-cache.ts'

const maxConcurrentStreams = 1_000_000
/** Pings find gateways that vanished without closing their connection. */
const keepaliveTimeMs = 30_000
const keepaliveTimeoutMs = 20_000

export interface XdsServerOptions {
  readonly cache: SnapshotCache
  readonly clock: Clock
  readonly logger: Logger
  readonly onRefusal: (refusal: Refusal) => void
  /** Called for each response sent. */
  readonly onPush?: (typeUrl: string, resources: number) => void
  /** Called with the number of open streams whenever it changes. */
  readonly onStreams?: (open: number) => void
}

/** Serves a `SnapshotCache` to gateways over plaintext gRPC, beside the gRPC health service. */
export class XdsServer {
  readonly #options: XdsServerOptions
  readonly #server: Server
  readonly #calls = new Map<ServerDuplexStream<DiscoveryRequest, Uint8Array>, AdsStream>()

  constructor(options: XdsServerOptions) {
    this.#options = options
    // What grpc-js has to say comes back as errors; its own log would break the structured one.
    setLogVerbosity(logVerbosity.NONE)
    this.#server = new Server({
      'grpc.max_concurrent_streams': maxConcurrentStreams,
      'grpc.keepalive_time_ms': keepaliveTimeMs,
      'grpc.keepalive_timeout_ms': keepaliveTimeoutMs,
    })
    this.#server.addService(healthService, alwaysServing)
    const stream = (call: ServerDuplexStream<DiscoveryRequest, Uint8Array>) => this.#serve(call)
    for (const service of discoveryServices) this.#server.addService(service, { stream })
  }

  /**
   * Opens the port; resolves with the one bound.
   * @throws XdsListenError
   */
  listen(host: string, port: number): Promise<number> {
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(new XdsListenError(address, error))
        else resolve(bound)
      })
    })
  }

  /** Ends all streams, so that gateways turn to another replica, and closes the port. */
  async close(): Promise<void> {
    for (const [call, stream] of this.#calls) {
      stream.close()
      call.emit('error', { code: status.UNAVAILABLE, details: 'the control plane is shutting down' })
    }
    this.#calls.clear()
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()))
  }

  #serve(call: ServerDuplexStream<DiscoveryRequest, Uint8Array>): void {
    const stream = new AdsStream({
      cache: this.#options.cache,
      clock: this.#options.clock,
      send: (response) => call.write(response),
      onRefusal: (refusal) => {
        this.#options.logger.warn('gateway refused its configuration', { ...refusal })
        this.#options.onRefusal(refusal)
      },
      onPush: (typeUrl, resources) => this.#options.onPush?.(typeUrl, resources),
    })
    const end = () => {
      stream.close()
      if (this.#calls.delete(call)) this.#options.onStreams?.(this.#calls.size)
    }
    this.#calls.set(call, stream)
    this.#options.onStreams?.(this.#calls.size)
    call.on('data', (request: DiscoveryRequest) => {
      try {
        stream.receive(request)
      } catch (error) {
        this.#options.logger.error('could not answer a gateway', { error })
        end()
        call.emit('error', { code: status.INTERNAL, details: 'the snapshot could not be encoded' })
      }
    })
    call.on('end', () => {
      end()
      call.end()
    })
    call.on('cancelled', end)
    call.on('error', end)
    call.on('close', end)
  }
}
