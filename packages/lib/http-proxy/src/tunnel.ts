import type { Duplex } from 'node:stream'
import type { WebSocketFarewell } from './web-socket-farewell.ts'

/**
 * Copies bytes between an upgraded client connection and its destination, each at the pace of the slower one. When one
 * side ends its half, so does the other; when one breaks, both are closed.
 * @param transferred called for each piece with the bytes sent to the client (0 for the other direction)
 * @param done called once both are closed
 * @param farewell if due when the destination ends or breaks, is said to the client first
 */
export function tunnel(
  client: Duplex,
  upstream: Duplex,
  transferred: (toClientBytes: number) => void,
  done: () => void,
  farewell?: WebSocketFarewell,
): void {
  if (farewell) {
    const leave = () => {
      if (farewell.due) farewell.say()
    }
    upstream.on('data', (chunk: Buffer) => farewell.sent(chunk))
    upstream.on('end', leave)
    upstream.on('error', leave)
  }
  let open = 2
  const closed = () => {
    if (--open === 0) done()
  }
  copy(client, upstream, () => transferred(0), closed)
  copy(upstream, client, transferred, closed)
  client.resume()
  upstream.resume()
}

/** One direction; `closed` is called when `from` is closed. */
function copy(from: Duplex, to: Duplex, moved: (bytes: number) => void, closed: () => void): void {
  from.on('data', (chunk: Buffer) => {
    moved(chunk.length)
    if (!to.write(chunk)) from.pause()
  })
  to.on('drain', () => from.resume())
  from.on('end', () => to.end())
  from.on('error', () => to.destroy())
  from.on('close', () => {
    // After a proper end the other half may still be talking; anything else ends both.
    if (!from.readableEnded || !from.writableFinished) to.destroy()
    closed()
  })
}
