import type { KubeConnection } from '@knative-ts/kube'
import { Agent, request } from 'undici'

/** Reads what containers wrote, with the time that the node says each line was written. */
export class PodLogs {
  readonly #connection: KubeConnection
  readonly #agent: Agent

  constructor(connection: KubeConnection) {
    this.#connection = connection
    const { ca, cert, key, skipTLSVerify, serverName } = connection
    this.#agent = new Agent({
      connect: {
        rejectUnauthorized: !skipTLSVerify,
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
        ...(serverName === undefined ? {} : { servername: serverName }),
      },
    })
  }

  close(): Promise<void> {
    return this.#agent.close()
  }

  /** When a container first wrote a line with `text` in it, milliseconds since the epoch; undefined if it did not. */
  async firstLineMs(
    namespace: string,
    pod: string,
    container: string,
    text: string,
  ): Promise<number | undefined> {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?container=${container}&timestamps=true`
    const token = this.#connection.token()
    const { statusCode, body } = await request(this.#connection.server + path, {
      dispatcher: this.#agent,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    })
    const log = await body.text()
    return statusCode === 200 ? firstLineMs(log, text) : undefined
  }
}

/** When the first line of a log with timestamps that holds `text` was written, milliseconds since the epoch. */
export function firstLineMs(log: string, text: string): number | undefined {
  const line = log.split('\n').find((line) => line.includes(text))
  const [, second, fraction = '0'] = /^(\S+?)(?:\.(\d+))?Z /.exec(line ?? '') ?? []
  if (second === undefined) return undefined
  return Date.parse(`${second}Z`) + Number(`0.${fraction}`) * 1000
}
