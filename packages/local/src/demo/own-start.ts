import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '@knative-ts/clock'
import { freePort } from '../kubelet/free-port.ts'

/**
 * What a program needs by itself from being started to accepting a connection, milliseconds: the part of a
 * cold start that no platform can save.
 */
export async function ownStartMs(clock: Clock, folder: string, file: string): Promise<number> {
  const port = await freePort()
  const startedMs = clock.monotonic()
  const child = spawn(process.execPath, [join(folder, file)], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: String(port) },
    stdio: 'ignore',
  })
  try {
    while (!(await accepts(port))) await clock.sleep(1)
    return clock.monotonic() - startedMs
  } finally {
    child.kill('SIGKILL')
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const finish = (accepted: boolean) => {
      socket.destroy()
      resolve(accepted)
    }
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}
