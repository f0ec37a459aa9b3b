import { describe, expect, test } from '@jest/globals'
import type { V1CustomResourceDefinition } from '@knative-ts/apis'
import { planMigration } from './plan-migration.ts'

type Version = V1CustomResourceDefinition['spec']['versions'][number]

function definition(
  versions: readonly [name: string, storage: boolean][],
  storedVersions?: string[],
): V1CustomResourceDefinition {
  return {
    metadata: { name: 'services.serving.knative.dev' },
    spec: {
      group: 'serving.knative.dev',
      names: { kind: 'Service', plural: 'services' },
      scope: 'Namespaced',
      versions: versions.map(([name, storage]): Version => ({ name, storage, served: true })),
    },
    ...(storedVersions ? { status: { storedVersions } } : {}),
  }
}

describe('whether a kind must be migrated', () => {
  const both = [
    ['v1alpha1', false],
    ['v1', true],
  ] as [string, boolean][]

  test.each([
    ['one version, the stored one', both, ['v1'], false],
    ['an older one was stored too', both, ['v1alpha1', 'v1'], true],
    ['the storage version is listed first', both, ['v1', 'v1alpha1'], true],
    ['another version only', both, ['v1alpha1'], true],
    ['nothing is known', both, undefined, true],
    ['nothing is listed', both, [], true],
  ])('%s', (_, versions, storedVersions, needed) => {
    expect(planMigration(definition(versions, storedVersions))).toEqual({
      needed,
      type: {
        group: 'serving.knative.dev',
        version: 'v1',
        kind: 'Service',
        plural: 'services',
        namespaced: true,
      },
    })
  })

  test('a definition that stores no version is an error that names it', () => {
    expect(() => planMigration(definition([['v1', false]], ['v1']))).toThrow(
      expect.objectContaining({
        code: 'MIGRATE_NO_STORAGE_VERSION',
        message: expect.stringContaining('services.serving.knative.dev has no version'),
      }),
    )
  })
})
