import type { ResourceType } from '@knative-ts/apis'
import { isNotFound, type KubeClient } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { MigrateError, messageOf, migrateErrorCodes } from '../errors.ts'
import { type Leftovers, leftovers } from './leftovers.ts'

export interface RemoveLeftoversOptions {
  client: KubeClient
  logger: Logger
  systemNamespace: string
  /** Ends the work between two objects. */
  signal: AbortSignal
}

/**
 * Deletes what earlier releases left in the system namespace and beside it. What is not there is no error, and what
 * can't be deleted keeps nothing else from it.
 * @throws MigrateError when something remains, or the signal's reason
 */
export async function removeLeftovers(options: RemoveLeftoversOptions): Promise<void> {
  const { signal, logger } = options
  const failures: string[] = []
  const attempt = async (what: string, work: () => Promise<void>) => {
    signal.throwIfAborted()
    try {
      await work()
    } catch (error) {
      logger.error(`cannot remove ${what}`, { error })
      failures.push(`${what}: ${messageOf(error)}`)
    }
  }
  for (const kind of leftovers) {
    const { type, names = [], prefixes = [] } = kind
    let found: readonly string[] = names
    if (prefixes.length > 0) {
      await attempt(`${type.plural} named ${prefixes.join('…, ')}…`, async () => {
        found = [...names, ...(await namesWithPrefix(options, kind))]
      })
    }
    for (const name of found) await attempt(`${type.kind} ${name}`, () => remove(options, type, name))
  }
  if (failures.length > 0) {
    throw new MigrateError(migrateErrorCodes.leftoversRemain, `not all is removed: ${failures.join('; ')}`)
  }
}

async function namesWithPrefix(
  { client, systemNamespace }: RemoveLeftoversOptions,
  { type, prefixes = [] }: Leftovers,
): Promise<string[]> {
  const { items } = await client.list(type, { namespace: systemNamespace })
  return items
    .map(({ metadata }) => metadata.name ?? '')
    .filter((name) => prefixes.some((prefix) => name.startsWith(prefix)))
}

async function remove(
  { client, logger, systemNamespace }: RemoveLeftoversOptions,
  type: ResourceType,
  name: string,
): Promise<void> {
  try {
    await client.delete(type, type.namespaced ? systemNamespace : '', name, {
      propagationPolicy: 'Background',
    })
    logger.info(`removed ${type.kind} ${name}`)
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
