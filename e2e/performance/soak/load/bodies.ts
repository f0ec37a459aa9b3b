import type { Readable, Writable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { systemClock } from '@knative-ts/clock'
import { pattern } from './protocol.ts'

const pausedPieces = 20
const shownBytes = 200

/** Writes `bytes` of the pattern and ends; stops early when the stream is destroyed. Pauses `gapMs` between pieces. */
export async function upload(to: Writable, bytes: number, gapMs: number): Promise<void> {
  for (let sent = 0; sent < bytes && !to.destroyed; ) {
    const piece = pattern.subarray(0, Math.min(pattern.length, bytes - sent))
    sent += piece.length
    if (!to.write(piece)) await writable(to)
    if (gapMs > 0) await systemClock.sleep(gapMs)
  }
  if (!to.destroyed) to.end()
}

function writable(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done)
      resolve()
    }
    stream.on('drain', done).on('close', done)
    if (stream.destroyed) done()
  })
}

/** What arrived of a body. */
export class Download {
  #bytes = 0
  #checksum = 0
  #start = ''

  /** @param pauseMs how long to read nothing after each of the first pieces */
  constructor(from: Readable, pauseMs: number) {
    let pieces = 0
    from.once('data', (piece: Buffer) => {
      this.#start = piece.toString('utf8', 0, shownBytes).trim()
    })
    from.on('data', (piece: Buffer) => {
      this.#bytes += piece.length
      this.#checksum = crc32(piece, this.#checksum)
      if (pauseMs === 0 || ++pieces > pausedPieces) return
      from.pause()
      systemClock.after(pauseMs, () => from.resume())
    })
  }

  /** How it begins: the reason, if the request was refused. */
  get start(): string {
    return this.#start
  }

  /** Undefined if it is `bytes` of the pattern, else what is wrong with it. */
  fault(bytes: number): string | undefined {
    if (this.#bytes !== bytes) return `${this.#bytes} bytes of ${bytes}`
    return this.#checksum === patternChecksum(bytes) ? undefined : 'bytes differ'
  }
}

const checksums = new Map<number, number>()

/** CRC-32 of the first `bytes` of the pattern. */
export function patternChecksum(bytes: number): number {
  let checksum = checksums.get(bytes)
  if (checksum !== undefined) return checksum
  checksum = 0
  for (let left = bytes; left > 0; left -= pattern.length) {
    checksum = crc32(pattern.subarray(0, Math.min(pattern.length, left)), checksum)
  }
  if (checksums.size > 5000) checksums.clear()
  checksums.set(bytes, checksum)
  return checksum
}

/** What a user container says of an upload that arrived whole. */
export function receivedText(bytes: number): string {
  return `${bytes}-${patternChecksum(bytes)}`
}
