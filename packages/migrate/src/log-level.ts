import { configMaps } from '@knative-ts/apis'
import { configMapNames, levelOf, parseLoggingConfig } from '@knative-ts/config'
import type { KubeClient } from '@knative-ts/kube'
import type { LogLevel } from '@knative-ts/observability'
import type { Env } from './environment.ts'

/**
 * The level that `config-logging` gives to a component, `info` if it gives none. A ConfigMap that can't be read
 * keeps nobody from working.
 */
export async function configuredLogLevel(client: KubeClient, env: Env, component: string): Promise<LogLevel> {
  const namespace = env['SYSTEM_NAMESPACE']
  if (!namespace) return 'info'
  try {
    const { data } = await client.get(configMaps, namespace, configMapNames(env).logging)
    return levelOf(parseLoggingConfig(data ?? {}), component) ?? 'info'
  } catch {
    return 'info'
  }
}
