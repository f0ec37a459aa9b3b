import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js'
import { DiscoveryRequest, DiscoveryResponse } from '../envoy/discovery.ts'

const path = '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources'

/** A gateway played by hand: sends what it is told and hands out responses one by one. */
export class AdsClient {
  readonly #client: Client
  readonly #stream: ClientDuplexStream<DiscoveryRequest, DiscoveryResponse>
  readonly #received: DiscoveryResponse[] = []
  readonly #waiting: ((response: DiscoveryResponse) => void)[] = []
  /** Resolves with the status code that ended the stream. */
  readonly ended: Promise<number>

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure())
    this.#stream = this.#client.makeBidiStreamRequest<DiscoveryRequest, DiscoveryResponse>(
      path,
      (request) => Buffer.from(DiscoveryRequest.encode(request)),
      (bytes) => DiscoveryResponse.decode(bytes),
    )
    this.#stream.on('data', (response: DiscoveryResponse) => {
      const waiter = this.#waiting.shift()
      if (waiter) waiter(response)
      else this.#received.push(response)
    })
    this.ended = new Promise((resolve) => {
      this.#stream.on('error', (error: { code?: number }) => resolve(error.code ?? -1))
      this.#stream.on('end', () => resolve(0))
    })
  }

  send(request: DiscoveryRequest): void {
    this.#stream.write(request)
  }

  /** The next response, in order of arrival. */
  next(): Promise<DiscoveryResponse> {
    const response = this.#received.shift()
    return response ? Promise.resolve(response) : new Promise((resolve) => this.#waiting.push(resolve))
  }

  close(): void {
    this.#stream.cancel()
    this.#client.close()
  }
}
