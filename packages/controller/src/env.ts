import { parseDurationMs } from '@knative-ts/apis'
import { listenAddressFrom } from '@knative-ts/observability'
import { EnvironmentInvalidError } from './errors.ts'

/** What the process is told by its environment and command line. */
export interface ControllerEnv {
  readonly systemNamespace: string
  /** Empty outside of a pod; the host name then identifies the process. */
  readonly podName: string
  readonly listenAddress: string
  readonly probesPort: number
  readonly profilingPort: number
  readonly workers: number
  readonly reconcileTimeoutMs: number
}

const timeoutFlag = 'reconciliation-timeout'

/**
 * Reads the environment, and the flag `-reconciliation-timeout` (Go duration, default 30s).
 * @throws EnvironmentInvalidError naming the variable and the cure
 */
export function readEnv(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): ControllerEnv {
  const systemNamespace = env['SYSTEM_NAMESPACE']
  if (!systemNamespace) {
    throw new EnvironmentInvalidError(
      'SYSTEM_NAMESPACE is not set; set it to the namespace of the system, normally knative-serving',
    )
  }
  return {
    systemNamespace,
    podName: env['POD_NAME'] ?? '',
    listenAddress: listenAddressFrom(env),
    probesPort: 8080,
    profilingPort: positiveInteger(env, 'PROFILING_PORT', 8008),
    workers: positiveInteger(env, 'K_THREADS_PER_CONTROLLER', 2),
    reconcileTimeoutMs: durationFlag(args, 30_000),
  }
}

function positiveInteger(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  fallback: number,
): number {
  const text = env[name]
  if (!text) return fallback
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new EnvironmentInvalidError(`${name} is ${JSON.stringify(text)}; it must be a whole number above 0`)
  }
  return Number(text)
}

function durationFlag(args: readonly string[], fallbackMs: number): number {
  const flag = new RegExp(`^--?${timeoutFlag}(?:=(.*))?$`)
  for (const [i, arg] of args.entries()) {
    const match = flag.exec(arg)
    if (!match) continue
    const text = match[1] ?? args[i + 1] ?? ''
    try {
      const ms = parseDurationMs(text)
      if (ms > 0) return ms
    } catch {
      // Reported below, together with durations that are not above 0.
    }
    throw new EnvironmentInvalidError(
      `-${timeoutFlag} is ${JSON.stringify(text)}; it must be a duration above 0 such as 30s`,
    )
  }
  return fallbackMs
}
