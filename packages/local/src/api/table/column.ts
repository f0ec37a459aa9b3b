import type { KubeObject } from '../meta/kube-object.ts'

/** A cell as it goes over the wire. */
export type Cell = boolean | number | string | null

/** One column of `kubectl get`. `priority` 0 is always shown, others with `-o wide`. */
export interface Column {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
  readonly cell: (object: KubeObject, nowMs: number) => Cell
}
