import type { ResourceType } from '@knative-ts/apis'

export interface WebhookRule {
  operations: string[]
  apiGroups: string[]
  apiVersions: string[]
  resources: string[]
  scope: string
}

/** One rule per kind, for the objects and their status, ordered by group, version and plural. */
export function resourceRules(types: readonly ResourceType[], operations: readonly string[]): WebhookRule[] {
  return types
    .toSorted(
      (a, b) => compare(a.group, b.group) || compare(a.version, b.version) || compare(a.plural, b.plural),
    )
    .map(({ group, version, plural }) => ({
      operations: [...operations],
      apiGroups: [group],
      apiVersions: [version],
      resources: [plural, `${plural}/status`],
      scope: '*',
    }))
}

/** The rule of the webhook that checks ConfigMaps. */
export const configMapRules: readonly WebhookRule[] = [
  {
    operations: ['CREATE', 'UPDATE'],
    apiGroups: [''],
    apiVersions: ['v1'],
    resources: ['configmaps/*'],
    scope: 'Namespaced',
  },
]

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
