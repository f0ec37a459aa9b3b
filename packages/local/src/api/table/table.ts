import type { KubeObject } from '../meta/kube-object.ts'
import type { Column } from './column.ts'

/** How much of each object goes along with its row. */
export type IncludeObject = 'Metadata' | 'None' | 'Object'

/** `metadata` of a list or table. */
export interface ListMeta {
  readonly resourceVersion?: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

/** The metadata of an object alone, as clients that only watch metadata ask for. */
export function partialMetadata(object: KubeObject, withKind = true): object {
  const kind = withKind ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' } : {}
  return { ...kind, metadata: object.metadata }
}

/** Objects as rows of a `meta.k8s.io/v1` Table. Column definitions can be left out, as later watch events do. */
export function toTable(
  objects: readonly KubeObject[],
  columns: readonly Column[],
  metadata: ListMeta,
  options: { include: IncludeObject; definitions: boolean; nowMs: number },
): object {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: options.definitions ? columns.map(({ cell: _, ...definition }) => definition) : [],
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.nowMs)),
      ...(options.include === 'None'
        ? {}
        : {
            object: options.include === 'Object' ? object : partialMetadata(object),
          }),
    })),
  }
}
