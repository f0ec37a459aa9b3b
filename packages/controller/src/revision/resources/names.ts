import { childName, type Revision } from '@knative-ts/apis'

const nameOf = (revision: Revision): string => revision.metadata.name ?? ''

export function deploymentName(revision: Revision): string {
  return childName(nameOf(revision), '-deployment')
}

export function podAutoscalerName(revision: Revision): string {
  return nameOf(revision)
}

/** Name of the Image object that lets a node cache one container's image. */
export function imageCacheName(revision: Revision, container: string): string {
  return childName(childName(nameOf(revision), '-cache'), `-${container}`)
}
