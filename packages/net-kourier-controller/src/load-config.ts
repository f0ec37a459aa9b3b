import type { Clock } from '@knative-ts/clock'
import {
  type ConfigSources,
  ConfigStore,
  configMapNames,
  parseLoggingConfig,
  parseNetworkConfig,
} from '@knative-ts/config'
import type { InformerFactory } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { type KourierConfig, kourierConfigName, parseKourierConfig } from './config/kourier-config.ts'
import { ConfigTimeoutError } from './errors.ts'

const networkConfigName = 'config-network'
const pollMs = 1000
const patienceMs = 60_000

type Env = Readonly<Record<string, string | undefined>>

function sources(env: Env) {
  return {
    network: { name: networkConfigName, parse: parseNetworkConfig },
    kourier: {
      name: kourierConfigName,
      parse: (data: Readonly<Record<string, string>>): KourierConfig => parseKourierConfig(data, env),
    },
    logging: { name: configMapNames(env).logging, parse: parseLoggingConfig, whenAbsent: {} },
  } satisfies ConfigSources
}

export type KourierConfigStore = ConfigStore<ReturnType<typeof sources>>

export interface LoadConfigOptions {
  readonly informers: InformerFactory
  readonly clock: Clock
  readonly logger: Logger
  readonly systemNamespace: string
  readonly env: Env
}

/**
 * Reads the ConfigMaps, waiting for those that are missing or wrong, and for the API.
 * @throws ConfigTimeoutError after a minute
 */
export async function loadConfig(
  options: LoadConfigOptions,
  signal: AbortSignal,
): Promise<KourierConfigStore> {
  const { informers, clock, logger, systemNamespace, env } = options
  const read = sources(env)
  const store = new ConfigStore({ informers, namespace: systemNamespace, sources: read, logger })
  const expiry = Promise.withResolvers<never>()
  const names = Object.values(read).map(({ name }) => name)
  let problem: unknown
  const patience = clock.after(patienceMs, () => expiry.reject(new ConfigTimeoutError(names, problem)))
  const pollUntilUsable = async (): Promise<void> => {
    for (;;) {
      try {
        return await store.start()
      } catch (error) {
        problem = error
        logger.warn('configuration is not usable yet; looking again', { error })
        await clock.sleep(pollMs, signal)
      }
    }
  }
  try {
    await Promise.race([pollUntilUsable(), expiry.promise])
    return store
  } finally {
    patience.cancel()
  }
}
