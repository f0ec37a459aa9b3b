// Says what a container is given: the request as it arrived, and the process's surroundings.
// Speaks HTTP/1.1 and HTTP/2 with prior knowledge on the same port. ?await=SIGNAL answers when that signal
// comes; ?awaited=SIGNAL answers 200 once a request waits for it, else 404.
import {
  appendFileSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createTcpServer } from 'node:net'
import { cpus } from 'node:os'

const stdin = describeStdin()

function answer(request, response) {
  const url = new URL(request.url ?? '/', 'http://runtime')
  const appendTo = url.searchParams.get('append')
  if (appendTo !== null) appendFileSync(appendTo, url.searchParams.get('text') ?? '')
  const signal = url.searchParams.get('await')
  if (signal !== null) {
    process.once(signal, () => response.end(`${signal}\n`))
    return
  }
  const awaited = url.searchParams.get('awaited')
  if (awaited !== null) {
    // The exit below listens to SIGTERM too.
    response.statusCode = process.listenerCount(awaited) > 1 ? 200 : 404
    response.end()
    return
  }
  const file = url.searchParams.get('file')
  if (file !== null) {
    sendFile(file, response)
    return
  }
  const body = {
    request: {
      method: request.method,
      path: request.url,
      protocol: `HTTP/${request.httpVersion}`,
      host: request.headers[':authority'] ?? request.headers.host,
      headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith(':'))),
      // Every header line, to see those that arrive more than once.
      rawHeaders: request.rawHeaders,
    },
    container: {
      args: process.argv.slice(2),
      cwd: process.cwd(),
      env: process.env,
      uid: process.getuid?.(),
      gid: process.getgid?.(),
      pid: process.pid,
      stdin,
      cpus: cpus().length,
      files: describeFiles((url.searchParams.get('stat') ?? '').split(',').filter((path) => path !== '')),
    },
  }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(body))
}

function sendFile(path, response) {
  try {
    response.end(readFileSync(path))
  } catch (error) {
    response.statusCode = 404
    response.end(`${error.code}: ${path}`)
  }
}

// Reading must end at once: a container has no terminal to wait for.
function describeStdin() {
  try {
    return readSync(0, Buffer.alloc(1)) === 0 ? 'EOF' : 'data'
  } catch (error) {
    return error.code
  }
}

function describeFiles(paths) {
  return Object.fromEntries(
    paths.map((path) => {
      try {
        const stats = statSync(path)
        const link = lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined
        const mode = (stats.mode & 0o7777).toString(8)
        return [path, { kind: kindOf(stats), link, mode, writable: isWritable(path) }]
      } catch (error) {
        return [path, { error: error.code }]
      }
    }),
  )
}

function kindOf(stats) {
  if (stats.isDirectory()) return 'folder'
  return stats.isCharacterDevice() ? 'character device' : 'other'
}

function isWritable(path) {
  try {
    writeFileSync(path, '', { flag: 'a' })
    return true
  } catch {
    return false
  }
}

const http1 = createServer(answer)
const http2 = createHttp2Server(answer)
const preface = 'PRI'

const server = createTcpServer((socket) => {
  socket.on('error', () => socket.destroy())
  socket.once('readable', () => {
    const start = socket.read()
    if (start === null) return
    socket.unshift(start)
    const protocol = start.subarray(0, preface.length).toString() === preface ? http2 : http1
    protocol.emit('connection', socket)
  })
})
server.listen(process.env.PORT ?? 8080)
// A moment later, so that answers which waited for the signal get out.
process.on('SIGTERM', () => setTimeout(() => process.exit(0), 200))
