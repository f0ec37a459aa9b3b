import WebSocket from 'ws'

/** A WebSocket whose messages are read one by one. */
export interface OpenSocket extends Disposable {
  send(text: string): void
  /** The next message; rejects if the connection ends first. */
  next(): Promise<string>
  close(code: number): void
  readonly closed: Promise<{ code: number; reason: string }>
}

/** Connects through the gateway to the host and path of `url`. */
export async function openSocket(gatewayOrigin: string, url: string): Promise<OpenSocket> {
  const { hostname, pathname, search } = new URL(url)
  const socket = new WebSocket(`${gatewayOrigin.replace(/^http/, 'ws')}${pathname}${search}`, {
    headers: { host: hostname },
    perMessageDeflate: false,
  })
  const received: string[] = []
  const waiting: { resolve(text: string): void; reject(error: Error): void }[] = []
  socket.on('message', (data) => {
    const next = waiting.shift()
    if (next) next.resolve(data.toString())
    else received.push(data.toString())
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      for (const { reject } of waiting) reject(new Error(`the connection ended with ${code}`))
      resolve({ code, reason: reason.toString() })
    })
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.on('error', () => {
    // 'close' follows and says what there is to say.
  })
  return {
    send: (text) => socket.send(text),
    next: () => {
      const text = received.shift()
      if (text !== undefined) return Promise.resolve(text)
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
    },
    close: (code) => socket.close(code),
    closed,
    [Symbol.dispose]: () => socket.terminate(),
  }
}
