import { connect, type OnReadOpts, type Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { Clock } from '@knative-ts/clock'
import { UpstreamError } from './errors.ts'
import { dialErrorText, joinHostPort } from './go-error-text.ts'

/** First limit of one dial, milliseconds; a packet to a pod that is just coming up is often lost. */
const firstDialMs = 50
/** How many times a dial that timed out is repeated, and by what factor and jitter its limit grows. */
const dialSteps = 15
const dialGrowth = 1.4
const dialJitter = 0.1
/** Pause between tries: this, plus up to as much again, milliseconds. */
const dialPauseMs = 30
const tcpKeepAliveMs = 5_000

/** Where to connect to, and what time and chance to use. */
export interface DialOptions {
  readonly host: string
  readonly port: number
  /** Asked anew for each try, so that reloaded certificates count. */
  readonly tls: (() => ConnectionOptions) | undefined
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Takes what is read, in place of `data` events; made anew for each try, and without TLS only. */
  readonly onRead?: () => OnReadOpts
  /** Asked between tries; false gives up with code CANCELLED. */
  readonly wanted: () => boolean
  /** Asked between tries; true gives up with code UPSTREAM_UNREACHABLE, so that another destination may be tried. */
  readonly gone: () => boolean
}

/** What a pool dials with; the rest it knows itself. */
export type PoolDialOptions = Omit<DialOptions, 'wanted' | 'gone' | 'onRead'>

/**
 * Opens a connection. Refused or unreachable fails at once; a timeout is tried again with a longer limit,
 * about 20 s in all.
 * @throws UpstreamError UPSTREAM_UNREACHABLE, or CANCELLED once nobody wants the connection any more
 */
export async function dial(options: DialOptions): Promise<Socket> {
  const { host, port, clock, random } = options
  const startMs = clock.monotonic()
  let limitMs = firstDialMs
  let baseMs = firstDialMs
  for (let step = 0; ; step++) {
    const socket = await dialOnce(options, limitMs)
    if (socket) return socket
    if (step === dialSteps) break
    limitMs = baseMs * (1 + random() * dialJitter)
    baseMs *= dialGrowth
    await clock.sleep(dialPauseMs * (1 + random()))
    if (!options.wanted()) throw new UpstreamError('CANCELLED', 'context canceled')
    if (options.gone())
      throw new UpstreamError(
        'UPSTREAM_UNREACHABLE',
        `dial tcp ${joinHostPort(host, port)}: destination is gone`,
      )
  }
  const seconds = ((clock.monotonic() - startMs) / 1000).toFixed(2)
  throw new UpstreamError(
    'UPSTREAM_UNREACHABLE',
    `timed out dialing ${joinHostPort(host, port)} after ${seconds}s`,
  )
}

/** One try; undefined when the limit passed. */
function dialOnce(options: DialOptions, limitMs: number): Promise<Socket | undefined> {
  const { host, port, tls, clock, onRead } = options
  return new Promise((resolve, reject) => {
    const tcp = {
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: tcpKeepAliveMs,
      allowHalfOpen: true,
    }
    // TLS is loaded when first needed, which in most pods is never.
    const socket = tls
      ? process.getBuiltinModule('node:tls').connect({ ...tls(), ...tcp })
      : connect(onRead ? { ...tcp, onread: onRead() } : tcp)
    let settled = false
    const onError = (error: Error) => {
      if (settled) return
      settled = true
      timer.cancel()
      socket.on('error', () => {})
      socket.destroy()
      const unreachable = new UpstreamError('UPSTREAM_UNREACHABLE', dialErrorText(error, host, port), {
        cause: error,
      })
      reject(unreachable)
    }
    const onConnect = () => {
      if (settled) return
      settled = true
      timer.cancel()
      socket.off('error', onError)
      resolve(socket)
    }
    const timer = clock.after(limitMs, () => {
      // A busy process sees its timers before its sockets: a connection that is there already still counts.
      setImmediate(() => {
        if (settled) return
        settled = true
        socket.destroy()
        resolve(undefined)
      })
    })
    socket.on('error', onError)
    socket.once(tls ? 'secureConnect' : 'connect', onConnect)
  })
}
