import { parseArgs } from 'node:util'
import { SoakError } from './errors.ts'

/** What the command line asks for. */
export interface SoakOptions {
  readonly minutes: number
  /** Clients that each have one request under way. */
  readonly users: number
  readonly seed: number
  /** Kinds of requests to send; all if empty. */
  readonly only: readonly string[]
  /** Put too much on a revision instead of everything on several. */
  readonly overload: boolean
  readonly jsonFile: string | undefined
}

export const usage = `usage: npm run soak -- [options]
  --minutes N   how long requests go on (30; with --overload 10)
  --users N     clients, each with one request at a time (40)
  --seed N      another run of choices (1)
  --only KIND   send only requests of this kind, as the table names it; may be given more than once
  --overload    200 requests/s whose clients wait 1 s, against a revision that serves 4/s
  --json FILE   write everything measured to FILE
`

/** @throws SoakError OPTION_INVALID */
export function readOptions(args: string[]): SoakOptions {
  const { values } = parse(args)
  return {
    minutes: positive('minutes', values.minutes ?? (values.overload ? '10' : '30')),
    users: positive('users', values.users),
    seed: positive('seed', values.seed),
    only: values.only,
    overload: values.overload,
    jsonFile: values.json,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        minutes: { type: 'string' },
        users: { type: 'string', default: '40' },
        seed: { type: 'string', default: '1' },
        only: { type: 'string', multiple: true, default: [] },
        overload: { type: 'boolean', default: false },
        json: { type: 'string' },
      },
    })
  } catch (error) {
    throw new SoakError('OPTION_INVALID', `${(error as Error).message}\n${usage}`)
  }
}

function positive(name: string, text: string): number {
  const number = Number(text)
  if (!(number > 0))
    throw new SoakError('OPTION_INVALID', `--${name} must be a number above 0, got ${JSON.stringify(text)}`)
  return number
}
