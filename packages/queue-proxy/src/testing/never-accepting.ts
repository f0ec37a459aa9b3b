import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

/** Listens, then blocks its thread for good, since Node accepts whatever it can. */
const listenAndBlock = `
  const { createServer } = require('node:net')
  const { parentPort } = require('node:worker_threads')
  const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })
`

/** Linux keeps one more than the backlog. */
const queued = 2

/** A port of 127.0.0.1 where nobody can connect: its queue is full, and nobody takes anything from it. */
export async function neverAccepting(): Promise<{ readonly port: number } & AsyncDisposable> {
  const worker = new Worker(listenAndBlock, { eval: true })
  const [port] = (await once(worker, 'message')) as [number]
  const sockets: Socket[] = []
  for (let n = 0; n < queued; n++) {
    const socket = connect({ host: '127.0.0.1', port }).on('error', () => {})
    sockets.push(socket)
    await once(socket, 'connect')
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await worker.terminate()
    },
  }
}
