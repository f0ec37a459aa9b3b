import { forbiddenObject } from '../errors.ts'
import { type KubeObject, valueAt } from '../meta/kube-object.ts'
import type { ResourceKind } from '../resources/resource-kind.ts'
import type { Store } from '../storage/store.ts'

/** Refuses (403) a new pod whose ServiceAccount does not exist. */
export function assertServiceAccountExists(store: Store, kind: ResourceKind, pod: KubeObject): void {
  const { namespace = '', name = '' } = pod.metadata
  const account = String(valueAt(pod, ['spec', 'serviceAccountName']) ?? 'default')
  if (store.get('serviceaccounts', namespace, account)) return
  throw forbiddenObject(
    kind,
    name,
    `error looking up service account ${namespace}/${account}: serviceaccount ${JSON.stringify(account)} not found`,
  )
}
