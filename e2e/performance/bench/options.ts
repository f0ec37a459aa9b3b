import { parseArgs } from 'node:util'
import { BenchError } from './errors.ts'

/** A further proxy to measure, already running in front of the port that `--backend-port` fixes. */
export interface OtherPeer {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** What the command line asks for. */
export interface BenchOptions {
  readonly jsonFile: string | undefined
  readonly check: boolean
  readonly quick: boolean
  readonly rounds: number
  /** Measured time of each row in each round, milliseconds. */
  readonly ms: number
  /** 0: any free one. */
  readonly backendPort: number
  readonly peers: readonly OtherPeer[]
}

export const usage = `usage: npm run bench -- [options]
  --json FILE        write everything measured to FILE
  --check            exit 1 where a "must" falls short
  --quick            two short rounds, to see that it works; not for conclusions
  --rounds N         rounds (5)
  --backend-port N   fix the backend's port, for proxies named by --peer
  --peer NAME=URL    measure one more proxy, which you run in front of the backend
`

/** @throws BenchError */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'string' },
      check: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      'backend-port': { type: 'string', default: '0' },
      peer: { type: 'string', multiple: true, default: [] },
    },
  })
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 5))
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new BenchError('OPTION_INVALID', '--rounds must be a positive integer')
  return {
    jsonFile: values.json,
    check: values.check,
    quick: values.quick,
    rounds,
    ms: values.quick ? 400 : 1500,
    backendPort: Number(values['backend-port']),
    peers: values.peer.map(readPeer),
  }
}

function readPeer(text: string): OtherPeer {
  const [, name, url = ''] = /^([^=]+)=(.+)$/.exec(text) ?? []
  if (!name || !URL.canParse(url))
    throw new BenchError('OPTION_INVALID', `--peer must be NAME=URL, got ${JSON.stringify(text)}`)
  const { hostname, port } = new URL(url)
  return { name, host: hostname, port: Number(port || 80) }
}
