import { listenAddressFrom } from '@knative-ts/observability'
import { AutoscalerError, autoscalerErrorCodes } from './errors.ts'

/** What the process is told by its environment. */
export interface AutoscalerEnv {
  readonly podName: string
  readonly podIp: string
  readonly systemNamespace: string
  readonly listenAddress: string
  readonly profilingPort: number
}

const defaultProfilingPort = 8008

/** @throws AutoscalerError `AUTOSCALER_ENV_MISSING` naming the variable */
export function readEnv(env: Readonly<Record<string, string | undefined>>): AutoscalerEnv {
  return {
    podName: required(env, 'POD_NAME'),
    podIp: required(env, 'POD_IP'),
    systemNamespace: required(env, 'SYSTEM_NAMESPACE'),
    listenAddress: listenAddressFrom(env),
    profilingPort: Number(env['PROFILING_PORT'] || defaultProfilingPort),
  }
}

function required(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name]
  if (value) return value
  throw new AutoscalerError(
    autoscalerErrorCodes.envMissing,
    `environment variable ${name} is not set; the autoscaler's Deployment takes it from the pod's own fields`,
  )
}
