import type { Socket } from 'node:net'

/** The TCP connection that `socket` runs over; itself if it is no TLS. */
export function beneathTls(socket: Socket): Socket {
  return (socket as { _parent?: Socket | null })._parent ?? socket
}
