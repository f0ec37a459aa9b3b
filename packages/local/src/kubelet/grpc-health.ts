import { Client, credentials } from '@grpc/grpc-js'
import type { ProbeResult } from './probe.ts'

/** Value of `HealthCheckResponse.status` that means the service is up. */
const serving = 1

/** Calls `grpc.health.v1.Health/Check` in clear text; only SERVING passes. */
export function grpcHealth(address: string, service: string, timeoutMs: number): Promise<ProbeResult> {
  const client = new Client(address, credentials.createInsecure())
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      encodeRequest,
      decodeStatus,
      service,
      { deadline: Date.now() + timeoutMs },
      (error, status) => {
        client.close()
        if (error) resolve({ passed: false, message: error.message })
        else if (status === serving) resolve({ passed: true })
        else resolve({ passed: false, message: `service unhealthy (responded with status ${status})` })
      },
    )
  })
}

/** `HealthCheckRequest { string service = 1 }`. */
function encodeRequest(service: string): Buffer {
  const name = Buffer.from(service)
  return name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, name.length]), name])
}

/** `HealthCheckResponse { ServingStatus status = 1 }`; absent is 0. */
function decodeStatus(message: Buffer): number {
  return message[0] === 0x08 ? (message[1] ?? 0) : 0
}
