import { parseArgs } from 'node:util'
import { MeasurementError } from './errors.ts'

/** What the command line asks for. */
export interface MeasurementOptions {
  readonly gateway: string | undefined
  readonly image: string
  readonly jsonFile: string | undefined
  readonly check: boolean
  readonly grep: RegExp
  /** How many Services the part `many` makes at once. */
  readonly services: number
  /** How many cold starts. */
  readonly rounds: number
  /** For how long load is put on, each time. */
  readonly loadSeconds: number
  readonly help: boolean
}

export const usage = `usage: npm run e2e:performance -- [options]     figures of the Knative that KUBECONFIG points to
  --gateway URL     the gateway's HTTP listener (default: found in the cluster)
  --image NAME      image of tiny-server (dev.local/tiny-server:1)
  --json FILE       write everything measured to FILE
  --check           exit 1 where a "must" falls short
  --grep RE         only the parts whose name matches: idle, many, cold-start, requests
  --services N      Services that "many" makes at once (300)
  --rounds N        cold starts (12)
  --seconds N       load, each of three times (8)
`

/** @throws MeasurementError OPTION_INVALID */
export function readOptions(args: string[]): MeasurementOptions {
  const { values } = parseArgs({
    args,
    options: {
      gateway: { type: 'string' },
      image: { type: 'string', default: 'dev.local/tiny-server:1' },
      json: { type: 'string' },
      check: { type: 'boolean', default: false },
      grep: { type: 'string', default: '' },
      services: { type: 'string', default: '300' },
      rounds: { type: 'string', default: '12' },
      seconds: { type: 'string', default: '8' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const gateway = values.gateway?.replace(/\/+$/, '')
  if (gateway !== undefined && !/^http:\/\/[^/]+$/.test(gateway)) {
    throw new MeasurementError(
      'OPTION_INVALID',
      `--gateway ${values.gateway}: it must be a URL like http://10.0.0.1:31080`,
    )
  }
  return {
    gateway,
    image: values.image,
    jsonFile: values.json,
    check: values.check,
    grep: readPattern(values.grep),
    services: readCount('--services', values.services),
    rounds: readCount('--rounds', values.rounds),
    loadSeconds: readCount('--seconds', values.seconds),
    help: values.help,
  }
}

function readCount(option: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0) return count
  throw new MeasurementError('OPTION_INVALID', `${option} ${text}: it must be a positive integer`)
}

function readPattern(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (error) {
    throw new MeasurementError('OPTION_INVALID', `--grep ${text}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
