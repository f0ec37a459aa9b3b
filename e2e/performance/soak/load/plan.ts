import { SoakError } from '../errors.ts'
import type { Random } from './random.ts'

/** One request as it is to be made. Durations in milliseconds. */
export interface Plan {
  /** Row of the report that counts it. */
  readonly kind: string
  readonly transport: 'http1' | 'h2c' | 'websocket'
  readonly revision: string
  /** The user container's think time. */
  readonly delayMs: number
  readonly downloadBytes: number
  /** Pause between pieces of the answer, made by the user container. */
  readonly downloadGapMs: number
  /** 0: a GET. */
  readonly uploadBytes: number
  readonly uploadGapMs: number
  /** How long the client pauses after each of the first pieces of an answer. */
  readonly readPauseMs: number
  /** When the client gives up; undefined if it doesn't. */
  readonly abortAfterMs: number | undefined
}

const plain = {
  transport: 'http1',
  delayMs: 0,
  downloadBytes: 13,
  downloadGapMs: 0,
  uploadBytes: 0,
  uploadGapMs: 0,
  readPauseMs: 0,
  abortAfterMs: undefined,
} as const

const mebibyte = 1 << 20
/** Revisions that serve HTTP/1.1: without a limit, with one, and one that keeps going to zero. */
const http1Revisions = ['open-00001', 'limited-00001']
const sleepyRevision = 'sleepy-00001'
export const http2Revision = 'streams-00001'

interface Kind {
  readonly weight: number
  readonly make: (random: Random) => Omit<Plan, 'kind'>
}

const kinds: Readonly<Record<string, Kind>> = {
  'small GET': { weight: 40, make: (random) => ({ ...plain, revision: random.of(http1Revisions) }) },
  'small POST': {
    weight: 15,
    make: (random) => ({
      ...plain,
      revision: random.of(http1Revisions),
      uploadBytes: random.between(1, 64 << 10),
      downloadBytes: random.between(0, 64 << 10),
    }),
  },
  'slow backend': {
    weight: 8,
    make: (random) => ({
      ...plain,
      revision: random.of(http1Revisions),
      delayMs: random.between(50, 1500),
      downloadBytes: 256 << 10,
      downloadGapMs: random.between(0, 100),
    }),
  },
  'slow client': {
    weight: 4,
    make: (random) => ({
      ...plain,
      revision: random.of(http1Revisions),
      downloadBytes: 2 * mebibyte,
      readPauseMs: random.between(10, 200),
    }),
  },
  'slow upload': {
    weight: 4,
    make: (random) => ({
      ...plain,
      revision: random.of(http1Revisions),
      uploadBytes: 512 << 10,
      uploadGapMs: random.between(10, 150),
    }),
  },
  'large bodies': {
    weight: 2,
    make: (random) => ({
      ...plain,
      revision: random.of(http1Revisions),
      uploadBytes: random.between(1, 16) * mebibyte,
      downloadBytes: random.between(1, 16) * mebibyte,
    }),
  },
  abort: {
    weight: 12,
    make: (random) => ({
      ...plain,
      revision: random.of([...http1Revisions, sleepyRevision]),
      delayMs: random.between(0, 300),
      downloadBytes: random.of([0, 13, 4 * mebibyte]),
      downloadGapMs: random.of([0, 20]),
      uploadBytes: random.of([0, 100, 4 * mebibyte]),
      abortAfterMs: random.between(0, 400),
    }),
  },
  'from zero': {
    weight: 4,
    make: (random) => ({ ...plain, revision: sleepyRevision, uploadBytes: random.of([0, 100, 256 << 10]) }),
  },
  'h2c small': {
    weight: 12,
    make: (random) => ({
      ...plain,
      transport: 'h2c',
      revision: http2Revision,
      uploadBytes: random.of([0, 1000]),
      delayMs: random.of([0, 0, 200]),
    }),
  },
  'h2c large': {
    weight: 2,
    make: (random) => ({
      ...plain,
      transport: 'h2c',
      revision: http2Revision,
      uploadBytes: random.of([0, 4 * mebibyte]),
      downloadBytes: 4 * mebibyte,
      readPauseMs: random.of([0, 50]),
    }),
  },
  'h2c abort': {
    weight: 4,
    make: (random) => ({
      ...plain,
      transport: 'h2c',
      revision: http2Revision,
      delayMs: random.between(0, 300),
      uploadBytes: random.of([0, 4 * mebibyte]),
      downloadBytes: random.of([13, 4 * mebibyte]),
      abortAfterMs: random.between(0, 400),
    }),
  },
  websocket: {
    weight: 3,
    make: (random) => ({
      ...plain,
      transport: 'websocket',
      revision: random.of(http1Revisions),
      uploadBytes: random.between(1, 20) * 1000,
      uploadGapMs: random.between(10, 400),
    }),
  },
  'websocket abort': {
    weight: 1,
    make: (random) => ({
      ...plain,
      transport: 'websocket',
      revision: random.of(http1Revisions),
      uploadBytes: 20_000,
      uploadGapMs: 100,
      abortAfterMs: random.between(0, 1500),
    }),
  },
}

const choices = Object.entries(kinds).map(([kind, { weight, make }]) => ({ kind, weight, make }))

/** Makes up what users do. */
export class Planner {
  readonly #choices: typeof choices

  /** @param only kinds to choose from, all if empty. @throws SoakError OPTION_INVALID */
  constructor(only: readonly string[]) {
    for (const kind of only) {
      if (kind in kinds) continue
      throw new SoakError(
        'OPTION_INVALID',
        `--only: no kind ${kind}; there are ${Object.keys(kinds).join(', ')}`,
      )
    }
    this.#choices = choices.filter(({ kind }) => only.length === 0 || only.includes(kind))
  }

  /** What a user does next. */
  next(random: Random): Plan {
    const { kind, make } = random.weighted(this.#choices)
    return { kind, ...make(random) }
  }
}
