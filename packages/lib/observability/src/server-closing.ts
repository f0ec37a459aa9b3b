import type { Server } from 'node:http'

/** Has `server` stop accepting; resolves when the requests under way are answered. */
export function drainServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

/** Closes `server` at once, and breaks off what is under way. */
export function breakOffServer(server: Server): Promise<void> {
  const drained = drainServer(server)
  server.closeAllConnections()
  return drained
}
