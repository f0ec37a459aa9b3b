import type { StatusBase } from '../conditions/condition.ts'
import type { KubeObject, ResourceType } from '../meta.ts'

export interface Image extends KubeObject {
  spec: { image: string; serviceAccountName?: string; imagePullSecrets?: { name?: string }[] }
  status?: StatusBase
}

export const images: ResourceType<Image> = {
  group: 'caching.internal.knative.dev',
  version: 'v1alpha1',
  kind: 'Image',
  plural: 'images',
  namespaced: true,
}
