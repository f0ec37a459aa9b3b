import type { Clock } from '@knative-ts/clock'
import { ProbeError } from '../errors.ts'

const serving = 1
/** By number, of grpc.health.v1.HealthCheckResponse. */
const statuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

/**
 * Asks `grpc.health.v1.Health/Check` on 127.0.0.1 about `service`; only SERVING passes. Both messages have one field, so no
 * gRPC library is loaded for them.
 * @throws ProbeError
 */
export function grpcHealthProbe(
  port: number,
  service: string,
  clock: Clock,
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const http2 = process.getBuiltinModule('node:http2')
    const session = http2.connect(`http://127.0.0.1:${port}`)
    const timer = clock.after(timeoutMs, () => finish(new ProbeError('context deadline exceeded')))
    const finish = (error?: Error) => {
      timer.cancel()
      session.destroy()
      if (error) reject(error)
      else resolve()
    }
    session.on('error', (error) => finish(new ProbeError(error.message, { cause: error })))
    const call = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    let grpcStatus = ''
    let grpcMessage = ''
    const noteStatus = (headers: Record<string, unknown>) => {
      grpcStatus = String(headers['grpc-status'] ?? grpcStatus)
      grpcMessage = String(headers['grpc-message'] ?? grpcMessage)
    }
    call.on('response', noteStatus)
    call.on('trailers', noteStatus)
    call.on('data', (chunk: Buffer) => chunks.push(chunk))
    call.on('error', (error) => finish(new ProbeError(error.message, { cause: error })))
    call.on('end', () => {
      if (grpcStatus !== '0') {
        finish(new ProbeError(`gRPC status ${grpcStatus || 'missing'}: ${grpcMessage}`))
        return
      }
      const status = healthStatus(Buffer.concat(chunks))
      if (status === serving) finish()
      else finish(new ProbeError(`service is not serving: ${statuses[status] ?? status}`))
    })
    call.end(frame(healthCheckRequest(service)))
  })
}

/** HealthCheckRequest { string service = 1 } */
function healthCheckRequest(service: string): Buffer {
  const name = Buffer.from(service)
  if (name.length === 0) return name
  return Buffer.concat([Buffer.from([0x0a]), varint(name.length), name])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let left = value; ; left >>>= 7) {
    if (left < 0x80) return Buffer.from([...bytes, left])
    bytes.push((left & 0x7f) | 0x80)
  }
}

/** gRPC's length-prefixed message, uncompressed. */
function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** Field 1, the enum, of the first message of `body`; 0 when it is left out. */
function healthStatus(body: Buffer): number {
  const message = body.subarray(5)
  return message[0] === 0x08 ? (message[1] ?? 0) : 0
}
