// ping.PingService over HTTP/2 with prior knowledge: Ping answers once, PingStream once per message.
// Answers carry the message, ` @HOSTNAME` if HOSTNAME_IN_ANSWER is set, and SUFFIX. Also grpc.health.v1.
import { createServer } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { frame, frames, readText, servingStatus, textMessage } from './messages.js'

const delayMs = Number(process.env.DELAY_MS ?? 0)
const hostname = process.env.HOSTNAME_IN_ANSWER ? ` @${process.env.HOSTNAME}` : ''
const suffix = process.env.SUFFIX ? ` ${process.env.SUFFIX}` : ''

const methods = {
  '/ping.PingService/Ping': echo,
  '/ping.PingService/PingStream': echo,
  '/ping.PingService/Fail': async (_, stream) => end(stream, 9, 'not in this state'),
  '/grpc.health.v1.Health/Check': async (_, stream) => {
    stream.write(frame(servingStatus))
    end(stream, 0)
  },
}

async function echo(messages, stream) {
  for await (const message of messages) {
    if (delayMs > 0) await sleep(delayMs)
    stream.write(frame(textMessage(`${readText(message)}${hostname}${suffix}`)))
  }
  end(stream, 0)
}

function end(stream, status, message = '') {
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status, 'grpc-message': message }))
  stream.end()
}

const sessions = new Set()
const server = createServer()
server.on('session', (session) => {
  sessions.add(session)
  session.once('close', () => sessions.delete(session))
})
server.on('stream', (stream, headers) => {
  stream.on('error', () => stream.close())
  if (!String(headers['content-type'] ?? '').startsWith('application/grpc')) {
    stream.respond({ ':status': 200 }, { endStream: true })
    return
  }
  const method = methods[headers[':path']]
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  if (method) void method(frames(stream), stream)
  else end(stream, 12, `unknown method ${headers[':path']}`)
})
server.listen(process.env.PORT ?? 8080)
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  for (const session of sessions) session.close()
})
