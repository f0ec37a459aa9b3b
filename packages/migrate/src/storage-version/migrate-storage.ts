import { customResourceDefinitions, type KubeObject, keyOf, type ResourceType } from '@knative-ts/apis'
import { isExpired, isNotFound, type KubeClient, type KubeList } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { MigrateError, messageOf, migrateErrorCodes } from '../errors.ts'
import { planMigration } from './plan-migration.ts'

export interface MigrateStorageOptions {
  client: KubeClient
  logger: Logger
  /** Names of CustomResourceDefinitions, `plural.group`. */
  definitions: readonly string[]
  /** Whether a definition that isn't there is passed over. */
  ignoreNotFound: boolean
  /** Ends the work between two objects. */
  signal: AbortSignal
}

const pageSize = 500
const mostNamed = 5

/**
 * Has every object of the kinds written anew in the version that is stored now, then notes in the definition's status
 * that no other version is left. An object or kind that can't be migrated keeps none of the others from it.
 * @throws MigrateError when something is left to do, or the signal's reason
 */
export async function migrateStorage(options: MigrateStorageOptions): Promise<void> {
  const failures: string[] = []
  for (const name of options.definitions) {
    try {
      await migrateDefinition(options, name)
    } catch (error) {
      options.signal.throwIfAborted()
      options.logger.error(`cannot migrate ${name}`, { error })
      failures.push(`${name}: ${messageOf(error)}`)
    }
  }
  if (failures.length > 0) {
    throw new MigrateError(migrateErrorCodes.incomplete, `migration is incomplete: ${failures.join('; ')}`)
  }
}

async function migrateDefinition(
  { client, logger, ignoreNotFound, signal }: MigrateStorageOptions,
  name: string,
): Promise<void> {
  const definition = await client.get(customResourceDefinitions, '', name).catch((error: unknown) => {
    if (ignoreNotFound && isNotFound(error)) return undefined
    throw error
  })
  if (!definition) {
    logger.info(`${name} does not exist; passed over`)
    return
  }
  const { type, needed } = planMigration(definition)
  if (!needed) {
    logger.info(`${name} stores ${type.version} only; nothing to do`)
    return
  }
  const refused: string[] = []
  let written = 0
  for await (const object of allObjects(client, type)) {
    signal.throwIfAborted()
    try {
      await rewrite(client, type, object)
      written++
    } catch (error) {
      refused.push(`${keyOf(object)}: ${messageOf(error)}`)
    }
  }
  if (refused.length > 0) {
    const rest = refused.length > mostNamed ? `, and ${refused.length - mostNamed} more` : ''
    throw new MigrateError(
      migrateErrorCodes.incomplete,
      `${refused.length} of ${refused.length + written} objects could not be written: ${refused.slice(0, mostNamed).join(', ')}${rest}`,
    )
  }
  // A merge patch replaces lists whole.
  const body = { status: { storedVersions: [type.version] } }
  await client.patch(customResourceDefinitions, '', name, { type: 'merge', body }, { subresource: 'status' })
  logger.info(`${name} stores ${type.version} only now; ${written} objects were written`)
}

/** The API server stores an object anew when a patch, even one that says nothing, finds it in an older version. */
async function rewrite(
  client: KubeClient,
  type: ResourceType<KubeObject>,
  object: KubeObject,
): Promise<void> {
  const { namespace = '', name = '' } = object.metadata
  try {
    await client.patch(type, namespace, name, { type: 'merge', body: {} })
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

/** Every object of a kind, page by page; all of them once more when a page is too old to go on from. */
async function* allObjects(client: KubeClient, type: ResourceType<KubeObject>): AsyncGenerator<KubeObject> {
  let next: string | undefined
  do {
    const page = await pageAt(client, type, next)
    yield* page.items
    next = page.continue
  } while (next !== undefined)
}

async function pageAt(
  client: KubeClient,
  type: ResourceType<KubeObject>,
  position: string | undefined,
): Promise<KubeList<KubeObject>> {
  if (position === undefined) return client.list(type, { limit: pageSize })
  try {
    return await client.list(type, { limit: pageSize, continue: position })
  } catch (error) {
    if (!isExpired(error)) throw error
    return client.list(type)
  }
}
