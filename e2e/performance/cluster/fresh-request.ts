import { Agent, type IncomingHttpHeaders, request } from 'node:http'

export interface FreshAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
}

/** A GET on a connection of its own, with its answer read to the end. */
export function freshRequest(origin: string, host: string, timeoutMs: number): Promise<FreshAnswer> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false })
    const asked = request(origin, { agent, headers: { host }, timeout: timeoutMs }, (answer) => {
      answer.resume()
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }))
      answer.once('error', reject)
    })
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    asked.once('error', reject)
    asked.end()
  })
}
