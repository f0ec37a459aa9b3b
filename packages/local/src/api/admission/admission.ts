import type { KubeObject } from '../meta/kube-object.ts'
import type { ResourceKind } from '../resources/resource-kind.ts'
import type { UserInfo } from '../resources/write-options.ts'

export type Operation = 'CREATE' | 'DELETE' | 'UPDATE'

/** A write on its way, as admission sees it. */
export interface AdmissionAttributes {
  readonly operation: Operation
  readonly kind: ResourceKind
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  readonly object: KubeObject | undefined
  readonly oldObject: KubeObject | undefined
  readonly user: UserInfo
  readonly dryRun: boolean
  readonly warnings: string[]
}

/** Has the say over writes; refuses by throwing an `ApiError`. */
export interface Admission {
  /** May change a new or updated object. */
  mutate(attributes: AdmissionAttributes): Promise<KubeObject | undefined>
  validate(attributes: AdmissionAttributes): Promise<void>
}
