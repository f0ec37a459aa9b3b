import { isRecord, type JsonRecord, type KubeObject, recordAt, valueAt } from '../meta/kube-object.ts'
import { selectorText } from '../table/workload-columns.ts'
import type { ResourceKind, ScalePaths } from './resource-kind.ts'

/** The `autoscaling/v1` Scale that an object's scale subresource shows. */
export function scaleOf(paths: ScalePaths, object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const selector = paths.labelSelector && valueAt(object, paths.labelSelector.split('.'))
  const text = isRecord(selector) ? selectorText(selector) : selector
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject['metadata'],
    spec: { replicas: valueAt(object, paths.specReplicas.split('.')) ?? 0 },
    status: {
      replicas: valueAt(object, paths.statusReplicas.split('.')) ?? 0,
      ...(text ? { selector: text } : {}),
    },
  }
}

/** A copy of an object with the replicas of a Scale. */
export function withScale(kind: ResourceKind, object: KubeObject, replicas: number): KubeObject {
  const copy = structuredClone(object)
  const path = kind.scale!.specReplicas.split('.')
  const parent: JsonRecord = recordAt(copy, path.slice(0, -1))
  parent[path.at(-1)!] = replicas
  return copy
}
