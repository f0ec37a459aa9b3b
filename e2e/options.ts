import { parseArgs } from 'node:util'
import { E2eError } from './harness/errors.ts'

export interface Options {
  gateway: string | undefined
  imageRepo: string
  imageTag: string | undefined
  /** Part of the names of the tests to run. */
  grep: string | undefined
  /** How many files run at the same time. */
  parallel: number
  /** Where to write the JUnit report. */
  junit: string | undefined
  /** Parts of the paths of the files to run; none means all. */
  paths: string[]
  help: boolean
}

export const usage = `Usage: npm run e2e -- [options] [PATH…]     tests of the Knative that KUBECONFIG points to

Options
  --gateway URL      the gateway's HTTP listener            (default: found in the cluster)
  --image-repo REPO  where the test images are: REPO/NAME   (default: dev.local)
  --image-tag TAG    their tag
  --grep RE          only tests whose name matches
  --parallel N       files that run at the same time        (default: 4)
  --junit FILE       write a JUnit report
  --help             this text

A PATH such as conformance or data-path/grpc narrows the run to files that have it in theirs.
`

/**
 * Reads the command line.
 * @throws E2eError USAGE naming the option and what it takes
 */
export function parseOptions(argv: readonly string[]): Options {
  const { values, positionals } = parse([...argv])
  const parallel = Number(values.parallel ?? 4)
  if (!Number.isInteger(parallel) || parallel < 1) {
    throw new E2eError('USAGE', `--parallel ${values.parallel}: it must be a positive number`)
  }
  const gateway = values.gateway?.replace(/\/+$/, '')
  if (gateway !== undefined && !/^http:\/\/[^/]+$/.test(gateway)) {
    throw new E2eError('USAGE', `--gateway ${values.gateway}: it must be a URL like http://10.0.0.1:31080`)
  }
  return {
    gateway,
    imageRepo: values['image-repo'] ?? 'dev.local',
    imageTag: values['image-tag'],
    grep: values.grep,
    parallel,
    junit: values.junit,
    paths: positionals,
    help: values.help ?? false,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        gateway: { type: 'string' },
        'image-repo': { type: 'string' },
        'image-tag': { type: 'string' },
        grep: { type: 'string' },
        parallel: { type: 'string' },
        junit: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new E2eError('USAGE', `${(error as Error).message}\nTry --help.`, error)
  }
}
