import type { KubeObject } from '../meta/kube-object.ts'
import type { Change, ObjectKey } from './store.ts'

export type ChangeType = 'ADDED' | 'DELETED' | 'MODIFIED'

/** A write as it is made durable; `replaced` is the revision of the state it replaced, 0 if there was none. */
export interface ChangeRecord extends ObjectKey {
  readonly type: ChangeType
  readonly revision: number
  readonly replaced: number
  readonly json: string
}

/** Durable state: every current object, and the latest writes in order. */
export interface ChangeLog {
  readonly lastRevision: number
  load(): Iterable<{ key: ObjectKey; object: KubeObject }>
  append(record: ChangeRecord): void
  changesSince(resource: string, revision: number): Change[] | undefined
  close(): void
}
