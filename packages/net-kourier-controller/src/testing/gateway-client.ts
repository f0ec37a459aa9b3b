import { type IncomingMessage, type RequestOptions, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { Socket } from 'node:net'
import { connect as secureConnect } from 'node:tls'
import type { SeenRequest } from './backend-server.ts'

export interface GatewayAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** The body as the backend's report. */
  readonly seen: SeenRequest
}

export interface Ask {
  readonly port: number
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly secure?: boolean
}

/** Sends requests to a gateway at an address, naming the host it is to route by. */
export class GatewayClient {
  readonly #address: string

  constructor(address: string) {
    this.#address = address
  }

  get(host: string, ask: Ask): Promise<GatewayAnswer> {
    const options = this.#options(host, ask)
    return new Promise((resolve, reject) => {
      const onResponse = (response: IncomingMessage) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => (body += text))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body,
            get seen() {
              return JSON.parse(body) as SeenRequest
            },
          }),
        )
      }
      const sent = ask.secure
        ? secureRequest({ ...options, servername: host, rejectUnauthorized: false }, onResponse)
        : request(options, onResponse)
      sent.on('error', reject).end()
    })
  }

  /** Upgrades a connection and returns it. */
  upgrade(host: string, ask: Ask): Promise<Socket> {
    const options = this.#options(host, { ...ask, headers: { Connection: 'Upgrade', Upgrade: 'websocket' } })
    return new Promise((resolve, reject) => {
      request(options)
        .on('upgrade', (_response, socket) => resolve(socket))
        .on('response', (response) => reject(new Error(`no upgrade but status ${response.statusCode}`)))
        .on('error', reject)
        .end()
    })
  }

  /** Subject names of the certificate shown for a host. */
  certificate(host: string, port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { host: this.#address, port, servername: host, rejectUnauthorized: false }
      const socket = secureConnect(options, () => {
        resolve(socket.getPeerCertificate().subjectaltname ?? '')
        socket.destroy()
      }).on('error', reject)
    })
  }

  #options(host: string, { port, path = '/', headers = {} }: Ask): RequestOptions {
    return { host: this.#address, port, path, agent: false, headers: { Host: host, ...headers } }
  }
}
