import type { KubeObject, ResourceType, V1CustomResourceDefinition } from '@knative-ts/apis'
import { MigrateError, migrateErrorCodes } from '../errors.ts'

/** What must be done before all objects of a kind are stored in its storage version. */
export interface MigrationPlan {
  /** The kind as it is stored. */
  readonly type: ResourceType<KubeObject>
  /** Whether objects of other versions may be stored still. */
  readonly needed: boolean
}

/** @throws MigrateError if no version is the one that is stored */
export function planMigration(definition: V1CustomResourceDefinition): MigrationPlan {
  const { group, names, scope, versions } = definition.spec
  const stored = versions.find(({ storage }) => storage)
  if (!stored) {
    throw new MigrateError(
      migrateErrorCodes.noStorageVersion,
      `${definition.metadata.name} has no version with "storage: true"; apply its manifest again`,
    )
  }
  const seen = definition.status?.storedVersions ?? []
  return {
    type: {
      group,
      version: stored.name,
      kind: names.kind,
      plural: names.plural,
      namespaced: scope === 'Namespaced',
    },
    needed: seen.length !== 1 || seen[0] !== stored.name,
  }
}
