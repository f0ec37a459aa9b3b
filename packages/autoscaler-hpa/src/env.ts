import { listenAddressFrom } from '@knative-ts/observability'
import { HpaError, hpaErrorCodes } from './errors.ts'

/** What the process is told by its environment and command line. */
export interface HpaEnv {
  readonly systemNamespace: string
  /** Empty outside of a pod; the host name then identifies the process. */
  readonly podName: string
  readonly listenAddress: string
  readonly probesPort: number
  readonly profilingPort: number
  readonly workers: number
  /** Whether several replicas share the work by Leases. */
  readonly electsLeaders: boolean
}

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Reads the environment, and the flag `-disable-ha`.
 * @throws HpaError `HPA_ENV_INVALID` naming the variable and the cure
 */
export function readEnv(env: Variables, args: readonly string[]): HpaEnv {
  const systemNamespace = env['SYSTEM_NAMESPACE']
  if (!systemNamespace) {
    throw new HpaError(
      hpaErrorCodes.envInvalid,
      'SYSTEM_NAMESPACE is not set; set it to the namespace of the system, normally knative-serving',
    )
  }
  return {
    systemNamespace,
    podName: env['POD_NAME'] || env['HOSTNAME'] || '',
    listenAddress: listenAddressFrom(env),
    probesPort: 8080,
    profilingPort: positiveInteger(env, 'PROFILING_PORT', 8008),
    workers: positiveInteger(env, 'K_THREADS_PER_CONTROLLER', 2),
    electsLeaders: !args.some((arg) => /^--?disable-ha(=true)?$/.test(arg)),
  }
}

function positiveInteger(env: Variables, name: string, fallback: number): number {
  const text = env[name]
  if (!text) return fallback
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new HpaError(
      hpaErrorCodes.envInvalid,
      `${name} is ${JSON.stringify(text)}; it must be a whole number above 0`,
    )
  }
  return Number(text)
}
