import type { Clock } from '@knative-ts/clock'
import type { Ending, Exchange } from './exchange.ts'
import { brokeOff, observedStatus } from './observed-status.ts'
import { requestFields, type TlsFields, tlsFields } from './request-fields.ts'

/** What a line of the request log is made with. */
export interface RequestLogOptions {
  /**
   * Renders one line; may throw when the template asks for what isn't there. In its data an object is a Go struct, a `Map` a Go
   * map, a function a method.
   */
  readonly render: (data: Readonly<Record<string, unknown>>) => string
  /** The template's `.Revision`. */
  readonly revision: Readonly<Record<string, string>>
  /** The template's `.TraceID`. */
  readonly traceID: string
  readonly clock: Clock
  /** Receives one line with its newline. */
  readonly write: (line: string) => void
}

interface ResponseFields {
  readonly Code: number
  /** Bytes of body. */
  readonly Size: number
  /** Seconds. */
  readonly Latency: number
}

/** Writes a line about `exchange` when it ends; to be called on arrival. */
export function logRequest(exchange: Exchange, options: RequestLogOptions): void {
  const { clock } = options
  const startMs = clock.monotonic()
  const tls = tlsFields(exchange.tls)
  exchange.onEnd((ending) => {
    const response = responseOf(exchange, ending, (clock.monotonic() - startMs) / 1000)
    const line = lineOf(exchange, tls, options, response)
    options.write(line.endsWith('\n') ? line : `${line}\n`)
  })
}

/** A response that was broken off counts as 500 without a body. */
function responseOf(exchange: Exchange, ending: Ending, latencySeconds: number): ResponseFields {
  return {
    Code: observedStatus(exchange, ending),
    Size: brokeOff(ending) ? 0 : exchange.bodyBytes,
    Latency: latencySeconds,
  }
}

function lineOf(
  exchange: Exchange,
  tls: TlsFields | null,
  options: RequestLogOptions,
  response: ResponseFields,
): string {
  try {
    const { revision, traceID } = options
    return options.render({
      Request: requestFields(exchange, tls),
      Response: response,
      Revision: revision,
      TraceID: traceID,
    })
  } catch {
    return `Invalid request log template: method: ${exchange.method}, response code: ${response.Code}, latency: ${response.Latency}, url: ${exchange.target}`
  }
}
