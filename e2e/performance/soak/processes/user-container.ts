/**
 * The program that the soak's revisions run: `user-container.ts http1|h2c`. Answers `bytes` of a pattern after `delay` ms, in
 * pieces `gap` ms apart; takes any body and says what came; echoes WebSocket messages. Tells its parent the port it has and
 * the id of each request that arrives.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'
import { systemClock } from '@knative-ts/clock'
import { WebSocketServer } from 'ws'
import { idHeader, pattern, receivedHeader } from '../load/protocol.ts'

/** What a user container tells the soak. */
export type UserMessage = { readonly port: number } | { readonly arrived: string }

const [protocol] = process.argv.slice(2)
const tell = (message: UserMessage) => process.send?.(message)

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const query = new URL(request.url ?? '/', 'http://soak').searchParams
  tell({ arrived: String(request.headers[idHeader]) })
  let length = 0
  let checksum = 0
  for await (const chunk of request) {
    length += (chunk as Buffer).length
    checksum = crc32(chunk as Buffer, checksum)
  }
  const delayMs = Number(query.get('delay') ?? 0)
  if (delayMs > 0) await systemClock.sleep(delayMs)
  const bytes = Number(query.get('bytes') ?? 0)
  const gapMs = Number(query.get('gap') ?? 0)
  response.writeHead(200, { 'content-length': bytes, [receivedHeader]: `${length}-${checksum}` })
  for (let sent = 0; sent < bytes && !response.destroyed; ) {
    const piece = pattern.subarray(0, Math.min(pattern.length, bytes - sent))
    sent += piece.length
    if (!response.write(piece)) await drained(response)
    if (gapMs > 0) await systemClock.sleep(gapMs)
  }
  response.end()
}

/** Resolves when more may be written, or nothing ever can. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}

const listener = (request: IncomingMessage, response: ServerResponse) => {
  answer(request, response).catch(() => response.destroy())
}
const server =
  protocol === 'h2c'
    ? createHttp2Server(
        // All that a queue-proxy sends comes by one connection: with Node's 10 MB for it, a busy machine has streams refused.
        { maxSessionMemory: 1000 },
        listener as unknown as Parameters<typeof createHttp2Server>[1],
      )
    : createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, listener)

if (protocol !== 'h2c') {
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    tell({ arrived: String(request.headers[idHeader]) })
    sockets.handleUpgrade(request, socket, head, (echo) => {
      echo.on('message', (data, isBinary) => echo.send(data, { binary: isBinary }))
      echo.on('error', () => echo.terminate())
    })
  })
}
server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }))
process.on('SIGTERM', () => process.exit(0))
process.on('disconnect', () => process.exit(1))
