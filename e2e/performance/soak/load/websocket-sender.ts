import { systemClock } from '@knative-ts/clock'
import WebSocket from 'ws'
import { aborted, answered, broken, type Ending } from './ending.ts'
import type { Plan } from './plan.ts'
import { idHeader, pattern } from './protocol.ts'
import { requestHeaders, targetOf } from './target.ts'

const messageBytes = 1000
const normal = 1000
/** Sent by a pod that drains; the client is to come again. */
const goingAway = 1001

/** Opens a WebSocket, sends the upload as messages one after the other, each when the echo of the last has come, and closes it. */
export function sendWebSocket(host: string, plan: Plan, id: string): Promise<Ending> {
  const socket = new WebSocket(`ws://${host}:8012${targetOf(plan)}`, {
    headers: { ...requestHeaders(plan), [idHeader]: id },
  })
  return new Promise((resolve) => {
    let left = Math.ceil(plan.uploadBytes / messageBytes)
    let gaveUp = false
    let failure: string | undefined
    const abort =
      plan.abortAfterMs === undefined
        ? undefined
        : systemClock.after(plan.abortAfterMs, () => {
            gaveUp = true
            socket.terminate()
          })
    const next = () => {
      if (socket.readyState !== WebSocket.OPEN) return
      if (left-- > 0) socket.send(pattern.subarray(0, messageBytes))
      else socket.close(normal)
    }
    socket.on('open', next)
    socket.on('message', (data: Buffer) => {
      if (!data.equals(pattern.subarray(0, messageBytes))) failure = 'echo differs'
      systemClock.after(plan.uploadGapMs, next)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      failure ??= error.code ?? error.message
    })
    socket.on('close', (code) => {
      abort?.cancel()
      if (gaveUp) resolve(aborted)
      else if (failure !== undefined) resolve(broken(failure))
      else resolve(code === normal || code === goingAway ? answered : broken(`closed with ${code}`))
    })
  })
}
