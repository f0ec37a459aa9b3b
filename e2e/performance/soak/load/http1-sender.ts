import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { systemClock } from '@knative-ts/clock'
import { Download, receivedText, upload } from './bodies.ts'
import { aborted, answered, broken, type Ending } from './ending.ts'
import type { Plan } from './plan.ts'
import { idHeader, receivedHeader } from './protocol.ts'
import { requestHeaders, targetOf } from './target.ts'

/** Sends requests in HTTP/1.1, over connections kept alive. */
export class Http1Sender {
  readonly #host: string
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 64 })

  constructor(host: string) {
    this.#host = host
  }

  send(plan: Plan, id: string): Promise<Ending> {
    const outgoing = request({
      host: this.#host,
      port: 8012,
      agent: this.#agent,
      method: plan.uploadBytes > 0 ? 'POST' : 'GET',
      path: targetOf(plan),
      headers: {
        ...requestHeaders(plan),
        [idHeader]: id,
        ...(plan.uploadBytes > 0 ? { 'content-length': plan.uploadBytes } : {}),
      },
    })
    const ended = endingOf(outgoing, plan)
    if (plan.uploadBytes > 0) void upload(outgoing, plan.uploadBytes, plan.uploadGapMs)
    else outgoing.end()
    return ended
  }

  /** Closes idle connections. */
  close(): void {
    this.#agent.destroy()
  }
}

function endingOf(outgoing: ClientRequest, plan: Plan): Promise<Ending> {
  return new Promise((resolve) => {
    let gaveUp = false
    const abort =
      plan.abortAfterMs === undefined
        ? undefined
        : systemClock.after(plan.abortAfterMs, () => {
            gaveUp = true
            outgoing.destroy()
            settle(aborted)
          })
    const settle = (ending: Ending) => {
      abort?.cancel()
      resolve(gaveUp ? aborted : ending)
    }
    outgoing.on('error', (error: NodeJS.ErrnoException) => settle(broken(error.code ?? error.message)))
    outgoing.on('response', (incoming: IncomingMessage) => {
      const download = new Download(incoming, plan.readPauseMs)
      incoming.on('error', (error: NodeJS.ErrnoException) => settle(broken(error.code ?? error.message)))
      incoming.on('end', () => settle(judge(incoming, download, plan)))
    })
  })
}

function judge({ statusCode, headers }: IncomingMessage, download: Download, plan: Plan): Ending {
  if (statusCode !== 200) return broken(`status ${statusCode}: ${download.start}`)
  if (headers[receivedHeader] !== receivedText(plan.uploadBytes)) return broken('upload did not arrive whole')
  const fault = download.fault(plan.downloadBytes)
  return fault === undefined ? answered : broken(fault)
}
