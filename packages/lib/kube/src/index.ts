export {
  ApiError,
  type ApiErrorCode,
  apiErrorCode,
  apiErrorFrom,
  isAlreadyExists,
  isConflict,
  isExpired,
  isNotFound,
} from './api-error.ts'
export { chooseSubset, fnv1a64, ownerOf } from './consistent-hash.ts'
export { createOrRead } from './create-or-read.ts'
export { KubeConfigError, type KubeErrorCode, KubeVersionError } from './errors.ts'
export {
  ApiEventRecorder,
  type ApiEventRecorderOptions,
  type EventRecorder,
  type EventType,
} from './event-recorder.ts'
export { decodeWatchLine, HttpKubeClient } from './http-kube-client.ts'
export {
  Informer,
  type InformerOptions,
  type InformerScope,
  type Lister,
  type ResourceHandler,
} from './informer.ts'
export { InformerFactory, type InformerFactoryOptions } from './informer-factory.ts'
export type {
  DeleteOptions,
  JsonPatchOperation,
  KubeClient,
  KubeList,
  ListOptions,
  Patch,
  PatchOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './kube-client.ts'
export { fromKubeconfig, type KubeConnection, loadKubeConnection } from './kube-config.ts'
export { LeaderElector, type LeaderElectorOptions } from './leader-election.ts'
export { resolverDomain } from './resolver-domain.ts'
export {
  type LabelMatcher,
  type Labels,
  labelSelectorMatcher,
  labelSelectorText,
  matchLabels,
  parseLabelSelector,
} from './selectors.ts'
export { awaitMinimumVersion, checkMinimumVersion } from './version-check.ts'
