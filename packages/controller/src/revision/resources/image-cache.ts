import {
  type ContainerImageStatus,
  controllerReference,
  type Image,
  type Revision,
  revisions,
} from '@knative-ts/apis'
import { makeAnnotations, makeLabels } from './metadata.ts'
import { imageCacheName } from './names.ts'

/** The Image object by which caching implementations learn of one container's image. */
export function makeImageCache(revision: Revision, container: ContainerImageStatus): Image {
  const { spec } = revision
  const name = container.name ?? ''
  const written = [...spec.containers, ...(spec.initContainers ?? [])].find((other) => other.name === name)
  return {
    metadata: {
      name: imageCacheName(revision, name),
      namespace: revision.metadata.namespace,
      labels: makeLabels(revision),
      annotations: makeAnnotations(revision),
      ownerReferences: [controllerReference(revisions, revision)],
    },
    spec: {
      image: container.imageDigest || (written?.image ?? ''),
      ...(spec.serviceAccountName ? { serviceAccountName: spec.serviceAccountName } : {}),
      ...(spec.imagePullSecrets?.length ? { imagePullSecrets: spec.imagePullSecrets } : {}),
    },
  }
}
