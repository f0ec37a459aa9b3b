import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'

/** What a stream of messages gave. */
export interface StreamAnswer {
  messages: string[]
  code: number
}

const textField = 0x0a

const encode = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  if (bytes.length > 127) throw new Error('the client of the tests sends texts of up to 127 bytes')
  return Buffer.concat([Buffer.from([textField, bytes.length]), bytes])
}
const decode = (message: Buffer): string => message.subarray(2).toString()

/** A client of `ping.PingService` behind the gateway, by the host of a Service's URL. */
export class PingClient implements Disposable {
  readonly #client: Client

  constructor(gatewayOrigin: string, serviceUrl: string) {
    this.#client = new Client(new URL(gatewayOrigin).host, credentials.createInsecure(), {
      'grpc.default_authority': new URL(serviceUrl).hostname,
    })
  }

  /** @throws ServiceError with the status of the call */
  unary(method: string, text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, answer?: string) =>
        error ? reject(error) : resolve(answer ?? '')
      this.#client.makeUnaryRequest(`/ping.PingService/${method}`, encode, decode, text, new Metadata(), done)
    })
  }

  /** Sends each text when the answer to the one before has come, then ends its side. */
  stream(texts: readonly string[]): Promise<StreamAnswer> {
    const left = [...texts]
    const messages: string[] = []
    const path = '/ping.PingService/PingStream'
    const call = this.#client.makeBidiStreamRequest(path, encode, decode, new Metadata())
    const next = () => {
      const text = left.shift()
      if (text === undefined) call.end()
      else call.write(text)
    }
    return new Promise((resolve, reject) => {
      call.on('data', (answer: string) => {
        messages.push(answer)
        next()
      })
      call.on('status', ({ code }) => resolve({ messages, code }))
      call.on('error', reject)
      next()
    })
  }

  [Symbol.dispose](): void {
    this.#client.close()
  }
}
