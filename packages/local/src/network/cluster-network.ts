/**
 * Loaded into every Node process of a pod before its own code. A cluster gives pods its names by DNS and its
 * Service addresses by rewriting packets; here both happen when a socket connects.
 */
import { readFileSync, statSync } from 'node:fs'
import { Socket } from 'node:net'
import { endpointsOf, type ServiceMap, serviceOfHost } from './service-map.ts'

const file = new URL('./services.json', import.meta.url)
let cached: { mtimeMs: number; map: ServiceMap } | undefined

function serviceMap(): ServiceMap | undefined {
  try {
    const { mtimeMs } = statSync(file)
    if (cached?.mtimeMs !== mtimeMs) {
      cached = { mtimeMs, map: JSON.parse(readFileSync(file, 'utf8')) as ServiceMap }
    }
  } catch {
    // Not written yet, or local mode is gone: names stay unknown and the connection fails as it would.
  }
  return cached?.map
}

let turn = 0

/** The endpoint for a connection, undefined if the host is not the cluster's, null if nothing is ready. */
function endpointFor(host: string, port: string): { host: string; port: number } | undefined | null {
  if (!host.includes('.')) return undefined
  const looksLocal = host.startsWith('127.96.') || !/^[\d.:]+$/.test(host)
  const map = looksLocal ? serviceMap() : undefined
  const service = map && serviceOfHost(map, host)
  if (!map || service === undefined) return undefined
  const endpoints = endpointsOf(map, service, port)
  const chosen = endpoints[turn++ % Math.max(1, endpoints.length)]
  if (chosen === undefined) return null
  const colon = chosen.lastIndexOf(':')
  return { host: chosen.slice(0, colon), port: Number(chosen.slice(colon + 1)) }
}

interface ConnectOptions {
  host?: string
  port?: number | string
  path?: string | null
}

type Connect = (this: Socket, ...args: unknown[]) => Socket
// Node's own callers pass their normalised arguments as one array; people pass (options) or (port, host).
const connect = Socket.prototype.connect as unknown as Connect

Socket.prototype.connect = function clusterConnect(this: Socket, ...args: unknown[]): Socket {
  const first = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0]
  const options: ConnectOptions | undefined =
    typeof first === 'object' && first !== null
      ? (first as ConnectOptions)
      : typeof first === 'number' && typeof args[1] === 'string'
        ? { port: first, host: args[1] }
        : undefined
  if (!options?.host || typeof options.path === 'string') return connect.apply(this, args)
  const endpoint = endpointFor(options.host, String(options.port ?? ''))
  if (endpoint === undefined) return connect.apply(this, args)
  // Port 1 of the Service's own, unused address: refused at once, as a Service without endpoints refuses.
  const target = endpoint ?? { host: '127.96.0.0', port: 1 }
  if (typeof first === 'object') {
    Object.assign(options, target, { lookup: undefined })
    return connect.apply(this, args)
  }
  return connect.apply(this, [target.port, target.host, ...args.slice(2)])
} as unknown as typeof Socket.prototype.connect
