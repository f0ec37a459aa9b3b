import type { KubeObject, ResourceType } from '@knative-ts/apis'

export interface ListOptions {
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
  limit?: number
  continue?: string
  resourceVersion?: string
}

export interface KubeList<T extends KubeObject> {
  items: T[]
  resourceVersion: string
  continue: string | undefined
}

export interface WatchOptions {
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
  resourceVersion?: string
  signal: AbortSignal
}

export type WatchEvent<T extends KubeObject> =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T }
  | { type: 'BOOKMARK'; resourceVersion: string }

export interface WriteOptions {
  dryRun?: boolean
  fieldManager?: string
}

/** A patch and its flavour; the body is an array for `json`, an object otherwise. */
export type Patch =
  | { type: 'json'; body: JsonPatchOperation[] }
  | { type: 'merge'; body: unknown }
  | { type: 'strategic'; body: unknown }
  | { type: 'apply'; body: unknown; fieldManager: string; force?: boolean }

export type JsonPatchOperation =
  | { op: 'add' | 'replace' | 'test'; path: string; value: unknown }
  | { op: 'remove'; path: string }
  | { op: 'move' | 'copy'; from: string; path: string }

export interface PatchOptions extends WriteOptions {
  subresource?: string
}

export interface DeleteOptions {
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
  preconditions?: { uid?: string; resourceVersion?: string }
  gracePeriodSeconds?: number
}

/**
 * The Kubernetes API. Every method rejects with an `ApiError`. Objects read through an informer are shared:
 * copy them before changing them; objects returned here are the caller's own.
 */
export interface KubeClient {
  get<T extends KubeObject>(type: ResourceType<T>, namespace: string, name: string): Promise<T>
  list<T extends KubeObject>(type: ResourceType<T>, options?: ListOptions): Promise<KubeList<T>>
  create<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<T>
  /** Replaces the object; fails with Conflict if its resourceVersion is not the stored one. */
  update<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<T>
  updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T>
  patch<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string,
    name: string,
    patch: Patch,
    options?: PatchOptions,
  ): Promise<T>
  delete(type: ResourceType, namespace: string, name: string, options?: DeleteOptions): Promise<void>
  /**
   * Streams changes until the server ends the watch (resolves) or it fails (rejects: `Expired` when the
   * resource version is too old) or `signal` aborts (resolves). Bookmarks are asked for.
   */
  watch<T extends KubeObject>(
    type: ResourceType<T>,
    options: WatchOptions,
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void>
  /** GETs a path outside the resource model, e.g. `/version`, and parses the JSON answer. */
  getPath(path: string): Promise<unknown>
}
