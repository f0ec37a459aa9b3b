import { connect } from 'node:net'
import type { Clock } from '@knative-ts/clock'
import { ProbeError } from '../errors.ts'

/** Passes when a connection can be made. @throws ProbeError */
export function tcpSocketProbe(host: string, port: number, clock: Clock, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port })
    const timer = clock.after(timeoutMs, () => {
      socket.destroy()
      reject(new ProbeError(`dial tcp ${host}:${port}: i/o timeout`))
    })
    socket.once('connect', () => {
      timer.cancel()
      socket.destroy()
      resolve()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      timer.cancel()
      const reason = error.code === 'ECONNREFUSED' ? 'connection refused' : error.message
      reject(new ProbeError(`dial tcp ${host}:${port}: connect: ${reason}`, { cause: error }))
    })
  })
}
