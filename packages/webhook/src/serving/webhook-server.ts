import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import {
  hashHeaderName,
  kubeProbeUserAgentPrefix,
  networkProbeValue,
  probeHeaderName,
} from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { ServerTlsSettings } from '@knative-ts/http-proxy'
import type { Logger } from '@knative-ts/observability'
import { type AdmissionController, type AdmissionReview, answer } from '../admission/review.ts'
import type { CertificateSet } from '../certificates/generate.ts'
import { BodyError } from '../errors.ts'
import { Drain } from './drain.ts'
import type { HandlerMetrics } from './handler-metrics.ts'
import { readBody } from './read-body.ts'

export interface WebhookServerOptions {
  host: string
  port: number
  tls: ServerTlsSettings
  clock: Clock
  logger: Logger
  /** Who decides, by path. */
  controllers: ReadonlyMap<string, AdmissionController>
  metrics?: HandlerMetrics
  /** How long there must be no request before a stopping server closes. */
  quietPeriodMs?: number
}

const headersTimeoutMs = 60_000
/** Longer than API servers keep an idle connection, so that it is they who close it, not we under a request. */
const keepAliveTimeoutMs = 120_000
const defaultQuietPeriodMs = 45_000

/** Answers admission reviews over HTTPS, and probes at any path. */
export class WebhookServer {
  readonly #options: WebhookServerOptions
  readonly #server: Server
  readonly #drain: Drain

  constructor(options: WebhookServerOptions) {
    this.#options = options
    this.#drain = new Drain(options.clock, options.quietPeriodMs ?? defaultQuietPeriodMs)
    // Until there is a certificate, handshakes fail.
    this.#server = createServer({ ...options.tls }, (request, response) => this.#serve(request, response))
    this.#server.headersTimeout = headersTimeoutMs
    this.#server.keepAliveTimeout = keepAliveTimeoutMs
  }

  /** Presents these certificates in handshakes from now on. */
  useCertificates({ serverKey, serverCert }: CertificateSet): void {
    this.#server.setSecureContext({ ...this.#options.tls, key: serverKey, cert: serverCert })
  }

  /** Starts to listen; resolves with the port. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.port, this.#options.host, () => {
        this.#server.off('error', reject)
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  /** Fails probes at once, serves until no request came for the quiet period, then ends what is in flight. */
  async shutDown(): Promise<void> {
    await this.#drain.start()
    await this.close()
  }

  /** Stops to listen; resolves when the requests in flight are answered. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeIdleConnections()
    })
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    // An API server would keep asking on the connection that it has, and so put the end off for as long as it asks at all.
    if (this.#drain.draining) response.shouldKeepAlive = false
    if (this.#answerProbe(request, response)) return
    this.#drain.noteRequest()
    this.#review(request, response).catch((error: unknown) => {
      if (error instanceof BodyError) {
        fail(response, 400, error.message)
        return
      }
      this.#options.logger.error('an admission request failed', { error, path: request.url })
      fail(response, 500, 'internal error; see the log of the webhook')
    })
  }

  #answerProbe({ headers }: IncomingMessage, response: ServerResponse): boolean {
    const networkProbe = headers[probeHeaderName] === networkProbeValue
    if (!headers['user-agent']?.startsWith(kubeProbeUserAgentPrefix) && !networkProbe) return false
    const hash = headers[hashHeaderName]
    if (this.#drain.draining) fail(response, 503, 'shutting down')
    else if (!networkProbe) response.writeHead(200).end()
    else if (typeof hash !== 'string' || hash === '') {
      fail(response, 400, 'a probe request must contain a non-empty "K-Network-Hash" header')
    } else response.writeHead(200, { 'K-Network-Hash': hash }).end()
    return true
  }

  async #review(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers['content-type'] !== 'application/json') {
      fail(response, 415, 'invalid Content-Type, want `application/json`')
      return
    }
    const path = (request.url ?? '/').split('?', 1)[0]!
    const controller = this.#options.controllers.get(path)
    if (!controller) {
      fail(response, 400, `no controller registered for: ${path}`)
      return
    }
    const review = parseReview(await readBody(request))
    const startedMs = this.#options.clock.monotonic()
    const result = await answer(review, controller)
    const seconds = (this.#options.clock.monotonic() - startedMs) / 1000
    this.#options.metrics?.observe(controller.type, review.request, result.response.allowed, seconds)
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(result))
  }
}

/** @throws BodyError unless the text is an AdmissionReview with a request */
function parseReview(text: string): AdmissionReview {
  let review: unknown
  try {
    review = JSON.parse(text)
  } catch (error) {
    throw new BodyError(error instanceof Error ? error.message : String(error))
  }
  const request = (review as Partial<AdmissionReview> | null)?.request
  if (typeof request?.uid !== 'string' || typeof request.kind?.kind !== 'string') {
    throw new BodyError('the body is not an AdmissionReview with a request')
  }
  return review as AdmissionReview
}

function fail(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) return
  response
    .writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' })
    .end(`${message}\n`)
}
