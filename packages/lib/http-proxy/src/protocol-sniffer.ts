import type { Socket } from 'node:net'

/** First bytes of every HTTP/2 connection; no HTTP/1.1 method starts with them (RFC 9113 §3.4). */
const preface = Buffer.from('PRI ')

/**
 * Finds out which protocol `socket` speaks, and leaves its bytes to be read.
 * @param limitMs how long to wait for the first bytes before the connection is closed
 */
export function sniffProtocol(
  socket: Socket,
  limitMs: number,
  found: (protocol: 'http1' | 'http2') => void,
): void {
  /** Read, but not enough to tell. */
  let held: Buffer | undefined
  const close = () => socket.destroy()
  const onReadable = () => {
    const bytes: Buffer | null = socket.read()
    if (bytes === null) return
    held = held ? Buffer.concat([held, bytes]) : bytes
    const length = Math.min(held.length, preface.length)
    const matches = held.compare(preface, 0, length, 0, length) === 0
    if (matches && held.length < preface.length) return
    socket.off('readable', onReadable)
    socket.off('error', close)
    socket.off('end', close)
    socket.off('timeout', close)
    socket.setTimeout(0)
    socket.unshift(held)
    found(matches ? 'http2' : 'http1')
  }
  socket.on('readable', onReadable)
  socket.on('error', close)
  socket.on('end', close)
  socket.on('timeout', close)
  socket.setTimeout(limitMs)
}
