import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@knative-ts/clock'
import { breakOffServer, drainServer } from './server-closing.ts'

const cpuProfilePath = '/debug/pprof/profile'
const heapPath = '/debug/pprof/heap'
const defaultSeconds = 30
const maxSeconds = 300

const index = `${cpuProfilePath}?seconds=30  CPU profile (.cpuprofile)\n${heapPath}  heap snapshot (.heapsnapshot)\n`

/**
 * Serves profiles of this process under `/debug/pprof/`, in V8's own formats, which Chrome DevTools opens. It
 * always listens but answers 404 while profiling is switched off; V8's profiler is loaded on first use.
 */
export class ProfilingServer {
  readonly #enabled: () => boolean
  readonly #server: Server
  #profiling = false

  /** @param enabled whether the observability ConfigMap allows profiling now */
  constructor(enabled: () => boolean) {
    this.#enabled = enabled
    this.#server = createServer((request, response) => {
      // A drain would wait for connections that are kept.
      response.shouldKeepAlive = false
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error))
    })
  }

  /**
   * Starts listening; resolves with the bound port, rejects if the address is taken.
   * @param host every address of the machine if undefined
   */
  listen(host: string | undefined, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  /** Stops accepting; resolves when the requests under way are answered. */
  drain(): Promise<void> {
    return drainServer(this.#server)
  }

  /** Breaks off what is under way. */
  close(): Promise<void> {
    return breakOffServer(this.#server)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Not every target of a request is a URL.
    const url = URL.parse(request.url ?? '/', 'http://profiling')
    if (!url || !this.#enabled() || request.method !== 'GET') {
      response.writeHead(404).end()
      return
    }
    switch (url.pathname) {
      case '/debug/pprof/':
        response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(index)
        return
      case cpuProfilePath:
        await this.#sendCpuProfile(response, secondsOf(url.searchParams.get('seconds')))
        return
      case heapPath: {
        const { getHeapSnapshot } = await import('node:v8')
        response.writeHead(200, { 'content-type': 'application/octet-stream' })
        getHeapSnapshot().pipe(response)
        return
      }
      default:
        response.writeHead(404).end()
    }
  }

  async #sendCpuProfile(response: ServerResponse, seconds: number): Promise<void> {
    if (this.#profiling) {
      response.writeHead(409).end('a CPU profile is being taken; try again when it is done\n')
      return
    }
    this.#profiling = true
    try {
      const profile = await takeCpuProfile(seconds, response)
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(profile))
    } catch (error) {
      response.writeHead(500).end(`${error instanceof Error ? error.message : String(error)}\n`)
    } finally {
      this.#profiling = false
    }
  }
}

function secondsOf(text: string | null): number {
  const seconds = Number(text ?? defaultSeconds)
  return seconds > 0 ? Math.min(seconds, maxSeconds) : defaultSeconds
}

/** Profiles for so long, or until the client leaves. */
async function takeCpuProfile(seconds: number, client: ServerResponse): Promise<object> {
  const { Session } = await import('node:inspector/promises')
  const session = new Session()
  session.connect()
  try {
    await session.post('Profiler.enable')
    await session.post('Profiler.start')
    await new Promise<void>((resolve) => {
      const timer = systemClock.after(seconds * 1000, resolve)
      client.once('close', () => {
        timer.cancel()
        resolve()
      })
    })
    return (await session.post('Profiler.stop')).profile
  } finally {
    session.disconnect()
  }
}
