import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { systemClock } from '@knative-ts/clock'
import { Download, receivedText, upload } from './bodies.ts'
import { aborted, answered, broken, type Ending } from './ending.ts'
import type { Plan } from './plan.ts'
import { idHeader, receivedHeader } from './protocol.ts'
import { requestHeaders, targetOf } from './target.ts'

/** Requests after which a connection is closed in good order and another one opened. */
const requestsPerSession = 300

/** Sends requests in h2c, many on one connection. */
export class Http2Sender {
  readonly #host: string
  #session: ClientHttp2Session | undefined
  #left = 0

  constructor(host: string) {
    this.#host = host
  }

  send(plan: Plan, id: string): Promise<Ending> {
    const stream = this.#open().request(
      {
        ':method': plan.uploadBytes > 0 ? 'POST' : 'GET',
        ':path': targetOf(plan),
        ...requestHeaders(plan),
        [idHeader]: id,
      },
      { endStream: plan.uploadBytes === 0 },
    )
    const ended = endingOf(stream, plan)
    if (plan.uploadBytes > 0) void upload(stream, plan.uploadBytes, plan.uploadGapMs)
    return ended
  }

  /** Closes the connection once its streams have ended. */
  close(): void {
    const session = this.#session
    this.#session = undefined
    // In the same turn the GOAWAY would overtake the last request, which the server then refuses.
    setImmediate(() => session?.close())
  }

  #open(): ClientHttp2Session {
    if (this.#left-- <= 0) this.close()
    if (this.#session && !this.#session.closed && !this.#session.destroyed) return this.#session
    this.#left = requestsPerSession
    const session = connect(`http://${this.#host}:8013`)
    // Every stream of it hears of the same error.
    session.on('error', () => {})
    this.#session = session
    return session
  }
}

function endingOf(stream: ClientHttp2Stream, plan: Plan): Promise<Ending> {
  return new Promise((resolve) => {
    let gaveUp = false
    let status = 0
    let received: unknown
    const download = new Download(stream, plan.readPauseMs)
    const abort =
      plan.abortAfterMs === undefined
        ? undefined
        : systemClock.after(plan.abortAfterMs, () => {
            gaveUp = true
            stream.close(constants.NGHTTP2_CANCEL)
          })
    let failure: string | undefined
    stream.on('error', (error: NodeJS.ErrnoException) => {
      failure = error.code ?? error.message
    })
    stream.on('response', (headers) => {
      status = headers[':status'] ?? 0
      received = headers[receivedHeader]
    })
    stream.on('close', () => {
      abort?.cancel()
      if (gaveUp) resolve(aborted)
      else if (failure !== undefined) resolve(broken(failure))
      else if (stream.rstCode !== 0) resolve(broken(`reset with ${stream.rstCode}`))
      else if (status !== 200) resolve(broken(`status ${status}: ${download.start}`))
      else if (received !== receivedText(plan.uploadBytes)) resolve(broken('upload did not arrive whole'))
      else {
        const fault = download.fault(plan.downloadBytes)
        resolve(fault === undefined ? answered : broken(fault))
      }
    })
  })
}
