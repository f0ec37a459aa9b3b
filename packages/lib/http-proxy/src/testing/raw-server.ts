import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A TCP server that a test scripts byte by byte. */
export interface RawServer extends AsyncDisposable {
  readonly port: number
  /** Connections accepted so far. */
  readonly sockets: readonly Socket[]
}

/** Serves each connection on 127.0.0.1 with `script`; the second argument counts connections from 0. */
export async function rawServer(script: (socket: Socket, index: number) => void): Promise<RawServer> {
  const sockets: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    sockets.push(socket)
    script(socket, sockets.length - 1)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
