import { type RawServer, rawServer } from '@knative-ts/http-proxy/testing'

/** A user container that takes nothing but the plainest HTTP/1.1, and remembers all that came. */
export interface StrictContainer extends AsyncDisposable {
  readonly port: number
  /** Requests that were whole, as `METHOD target`. */
  readonly requests: string[]
  /** What could be read in more than one way. */
  readonly ambiguous: string[]
}

const tokenLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+: ?[\t\x20-\x7e\x80-\xff]*$/
const requestLine = /^([A-Z]+) ([!-~\x80-\xff]+) HTTP\/1\.1$/
const chunkedBody = /^(?:([1-9a-f][0-9a-f]*)\r\n)/

/** Starts it on a free port; it answers every whole request with 200. */
export async function strictContainer(): Promise<StrictContainer> {
  const requests: string[] = []
  const ambiguous: string[] = []
  const server: RawServer = await rawServer((socket) => {
    let bytes = ''
    socket.on('data', (data) => {
      bytes += data.toString('latin1')
      for (;;) {
        const read = readRequest(bytes)
        if (read === 'incomplete') return
        if (read === 'ambiguous') {
          ambiguous.push(bytes)
          socket.destroy()
          return
        }
        requests.push(read.request)
        bytes = bytes.slice(read.length)
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      }
    })
  })
  return {
    port: server.port,
    requests,
    ambiguous,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

type Read = { readonly request: string; readonly length: number } | 'incomplete' | 'ambiguous'

function readRequest(bytes: string): Read {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return 'incomplete'
  const [first = '', ...lines] = bytes.slice(0, headEnd).split('\r\n')
  const start = requestLine.exec(first)
  if (!start || !lines.every((line) => tokenLine.test(line))) return 'ambiguous'
  const valuesOf = (name: string) =>
    lines
      .filter((line) => line.toLowerCase().startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trim())
  const lengths = valuesOf('content-length')
  const codings = valuesOf('transfer-encoding')
  if (valuesOf('host').length !== 1 || lengths.length + codings.length > 1) return 'ambiguous'
  const bodyAt = headEnd + 4
  const request = `${start[1]} ${start[2]}`
  if (codings.length === 1) return codings[0] === 'chunked' ? readChunks(bytes, bodyAt, request) : 'ambiguous'
  const [length = '0'] = lengths
  if (!/^\d{1,9}$/.test(length)) return 'ambiguous'
  const end = bodyAt + Number(length)
  return bytes.length < end ? 'incomplete' : { request, length: end }
}

function readChunks(bytes: string, bodyAt: number, request: string): Read {
  for (let at = bodyAt; ; ) {
    const rest = bytes.slice(at)
    if (rest.startsWith('0\r\n')) {
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) return 'incomplete'
      const trailers = rest.slice(3, Math.max(3, end)).split('\r\n')
      const plain = end === 1 || trailers.every((line) => tokenLine.test(line))
      return plain ? { request, length: at + end + 4 } : 'ambiguous'
    }
    const size = chunkedBody.exec(rest)
    if (!size) return /^[0-9a-f]*\r?$/.test(rest) ? 'incomplete' : 'ambiguous'
    const dataEnd = size[0].length + Number.parseInt(size[1]!, 16)
    if (rest.length < dataEnd + 2) return 'incomplete'
    if (rest.slice(dataEnd, dataEnd + 2) !== '\r\n') return 'ambiguous'
    at += dataEnd + 2
  }
}
