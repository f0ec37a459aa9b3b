import {
  type Configuration,
  configurations,
  isControlledBy,
  markRevisionCreationFailed,
  type Revision,
  revisions,
} from '@knative-ts/apis'
import { createOrRead } from '@knative-ts/kube'
import { CreateFailedError, NameTakenError } from '../errors.ts'
import { revisionsOfConfiguration } from '../revision-indexes.ts'
import { statusOf } from '../status-of.ts'
import { generationOf } from './decide.ts'
import { namedRevision } from './named-revision.ts'
import type { ConfigurationPorts } from './ports.ts'
import { makeRevision } from './resources/revision.ts'

/**
 * The revision of the current template, made if need be. Undefined when its name is taken, which the
 * status then says.
 */
export async function reconcileRevision(
  ports: ConfigurationPorts,
  configuration: Configuration,
): Promise<Revision | undefined> {
  const named = namedRevision(configuration, (namespace, name) => ports.revisions.get(namespace, name))
  switch (named.kind) {
    case 'usable':
      return named.revision
    case 'taken':
      markRevisionCreationFailed(statusOf(configuration), new NameTakenError(named.name).message)
      return undefined
    case 'absent':
      return createRevision(ports, configuration)
    case 'unnamed':
      return revisionOfGeneration(ports, configuration) ?? createRevision(ports, configuration)
  }
}

function revisionOfGeneration(
  { revisions }: ConfigurationPorts,
  { metadata }: Configuration,
): Revision | undefined {
  return revisionsOfConfiguration(revisions, metadata.namespace ?? '', metadata.name ?? '').find(
    (revision) => generationOf(revision) === metadata.generation,
  )
}

async function createRevision(
  { client, clock, events }: ConfigurationPorts,
  configuration: Configuration,
): Promise<Revision> {
  const { object, created } = await createOrRead(
    client,
    revisions,
    makeRevision(configuration, clock.now()),
  ).catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error)
    const message = `Failed to create Revision: ${text}`
    events.event(configurations, configuration, 'Warning', 'CreationFailed', message)
    markRevisionCreationFailed(statusOf(configuration), text)
    throw new CreateFailedError('Revision', error)
  })
  const { name = '' } = object.metadata
  if (created) {
    events.event(configurations, configuration, 'Normal', 'Created', `Created Revision "${name}"`)
    return object
  }
  if (isControlledBy(object, configuration) && generationOf(object) === configuration.metadata.generation) {
    return object
  }
  // A name given by the user that the cache will soon show as taken, or our own name in foreign hands.
  throw new CreateFailedError('Revision', new NameTakenError(name))
}
