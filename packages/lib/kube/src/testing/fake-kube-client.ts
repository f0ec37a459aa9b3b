import { apiVersionOf, type KubeObject, type ResourceType } from '@knative-ts/apis'
import { ApiError } from '../api-error.ts'
import type {
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
} from '../kube-client.ts'
import { parseLabelSelector } from '../selectors.ts'

/** One write that reached the fake, in order. */
export interface RecordedWrite {
  verb: 'create' | 'update' | 'update-status' | 'patch' | 'delete'
  /** Plural of the kind. */
  resource: string
  namespace: string
  name: string
  object?: KubeObject
  patch?: Patch
  subresource?: string
}

/** Throws to make a request fail; returns to let it through. */
export type Interceptor = (request: {
  verb: RecordedWrite['verb'] | 'get' | 'list' | 'watch'
  resource: string
  namespace: string
  name: string
}) => void

interface Watcher {
  type: ResourceType
  options: WatchOptions
  deliver: (event: WatchEvent<KubeObject>) => void
}

/**
 * An API server of one process's memory. It stores, versions, watches, guards status and detects
 * conflicts as the real one does. It does NOT default, validate, prune, run admission, garbage collect,
 * honour finalizers, or apply strategic and server-side-apply patches (both throw); what depends on those
 * belongs in a test against a real API server.
 */
export class FakeKubeClient implements KubeClient {
  readonly writes: RecordedWrite[] = []
  readonly #objects = new Map<string, KubeObject>()
  readonly #watchers = new Set<Watcher>()
  readonly #interceptors: Interceptor[] = []
  #resourceVersion = 1
  #uid = 0
  #generated = 0
  version = 'v1.34.0'

  /** Puts objects in place as if they had always been there; not recorded as writes. */
  seed<T extends KubeObject>(type: ResourceType<T>, ...objects: T[]): void {
    for (const object of objects) this.#put(type, this.#stamped(type, structuredClone(object)), 'ADDED')
  }

  /** Replaces an object as another client would; not recorded as a write. */
  replace<T extends KubeObject>(type: ResourceType<T>, object: T): void {
    this.#put(type, this.#stamped(type, structuredClone(object)), 'MODIFIED')
  }

  /** Removes an object as another client would; not recorded as a write. */
  remove(type: ResourceType, namespace: string, name: string): void {
    this.#drop(type, namespace, name)
  }

  /** Adds a hook that may throw before a request is served. */
  intercept(interceptor: Interceptor): void {
    this.#interceptors.push(interceptor)
  }

  /** A copy of the stored object, or undefined. */
  peek<T extends KubeObject>(type: ResourceType<T>, namespace: string, name: string): T | undefined {
    const stored = this.#objects.get(id(type, namespace, name))
    return stored && (structuredClone(stored) as T)
  }

  /** Copies of all stored objects of a kind. */
  peekAll<T extends KubeObject>(type: ResourceType<T>): T[] {
    return this.#ofType(type).map((object) => structuredClone(object) as T)
  }

  async get<T extends KubeObject>(type: ResourceType<T>, namespace: string, name: string): Promise<T> {
    this.#check('get', type, namespace, name)
    return structuredClone(this.#require(type, namespace, name)) as T
  }

  async list<T extends KubeObject>(type: ResourceType<T>, options: ListOptions = {}): Promise<KubeList<T>> {
    this.#check('list', type, options.namespace ?? '', '')
    const matches = matcher(options)
    const items = this.#ofType(type)
      .filter(matches)
      .map((object) => structuredClone(object) as T)
    return { items, resourceVersion: String(this.#resourceVersion), continue: undefined }
  }

  async create<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    const copy = structuredClone(object)
    if (!copy.metadata.name && copy.metadata.generateName) {
      copy.metadata.name = `${copy.metadata.generateName}${String(++this.#generated).padStart(5, '0')}`
    }
    const namespace = copy.metadata.namespace ?? ''
    const name = copy.metadata.name ?? ''
    this.#check('create', type, namespace, name)
    if (this.#objects.has(id(type, namespace, name))) {
      throw new ApiError('AlreadyExists', `${qualified(type)} "${name}" already exists`, { status: 409 })
    }
    const stamped = this.#stamped(type, copy)
    if (options.dryRun) return stamped
    this.writes.push({
      verb: 'create',
      resource: type.plural,
      namespace,
      name,
      object: structuredClone(copy),
    })
    this.#put(type, stamped, 'ADDED')
    return structuredClone(stamped)
  }

  async update<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T> {
    return this.#replaceChecked(type, object, 'update')
  }

  async updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T> {
    return this.#replaceChecked(type, object, 'update-status')
  }

  async patch<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string,
    name: string,
    patch: Patch,
    options: PatchOptions = {},
  ): Promise<T> {
    this.#check('patch', type, namespace, name)
    const stored = this.#require(type, namespace, name)
    const patched = applyPatch(structuredClone(stored), patch) as T
    const wanted = patched.metadata.resourceVersion
    if (wanted !== undefined && wanted !== stored.metadata.resourceVersion) throw conflict(type, name)
    this.writes.push({
      verb: 'patch',
      resource: type.plural,
      namespace,
      name,
      patch: structuredClone(patch),
      ...(options.subresource ? { subresource: options.subresource } : {}),
    })
    const result = this.#nextVersion(stored, patched)
    this.#put(type, result, 'MODIFIED')
    return structuredClone(result) as T
  }

  async delete(
    type: ResourceType,
    namespace: string,
    name: string,
    options: DeleteOptions = {},
  ): Promise<void> {
    this.#check('delete', type, namespace, name)
    const stored = this.#require(type, namespace, name)
    const { uid = stored.metadata.uid, resourceVersion = stored.metadata.resourceVersion } =
      options.preconditions ?? {}
    if (uid !== stored.metadata.uid || resourceVersion !== stored.metadata.resourceVersion) {
      throw conflict(type, name)
    }
    this.writes.push({ verb: 'delete', resource: type.plural, namespace, name })
    this.#drop(type, namespace, name)
  }

  async getPath(path: string): Promise<unknown> {
    if (path === '/version') return { gitVersion: this.version }
    throw new ApiError('NotFound', `the server could not find ${path}`, { status: 404 })
  }

  watch<T extends KubeObject>(
    type: ResourceType<T>,
    options: WatchOptions,
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void> {
    this.#check('watch', type, options.namespace ?? '', '')
    const watcher: Watcher = { type, options, deliver: onEvent as Watcher['deliver'] }
    this.#watchers.add(watcher)
    const since = Number(options.resourceVersion ?? 0)
    const matches = matcher(options)
    for (const object of this.#ofType(type)) {
      if (Number(object.metadata.resourceVersion) > since && matches(object)) {
        onEvent({ type: 'ADDED', object: structuredClone(object) as T })
      }
    }
    return new Promise((resolve) => {
      const end = () => {
        this.#watchers.delete(watcher)
        resolve()
      }
      if (options.signal.aborted) end()
      else options.signal.addEventListener('abort', end, { once: true })
    })
  }

  #replaceChecked<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    verb: 'update' | 'update-status',
  ): T {
    const namespace = object.metadata.namespace ?? ''
    const name = object.metadata.name ?? ''
    this.#check(verb, type, namespace, name)
    const stored = this.#require(type, namespace, name)
    const wanted = object.metadata.resourceVersion
    if (wanted !== undefined && wanted !== stored.metadata.resourceVersion) throw conflict(type, name)
    this.writes.push({ verb, resource: type.plural, namespace, name, object: structuredClone(object) })
    const next =
      verb === 'update-status'
        ? { ...structuredClone(stored), status: structuredClone((object as { status?: unknown }).status) }
        : { ...structuredClone(object), ...statusOf(stored) }
    const result = this.#nextVersion(stored, next as KubeObject)
    this.#put(type, result, 'MODIFIED')
    return structuredClone(result) as T
  }

  #nextVersion(stored: KubeObject, next: KubeObject): KubeObject {
    const specChanged = JSON.stringify(specOf(stored)) !== JSON.stringify(specOf(next))
    next.metadata = {
      ...next.metadata,
      uid: stored.metadata.uid,
      resourceVersion: String(++this.#resourceVersion),
      generation: (stored.metadata.generation ?? 1) + (specChanged ? 1 : 0),
    }
    return next
  }

  #stamped<T extends KubeObject>(type: ResourceType<T>, object: T): T {
    object.apiVersion = apiVersionOf(type)
    object.kind = type.kind
    object.metadata = {
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...object.metadata,
      uid: object.metadata.uid ?? `fake-uid-${++this.#uid}`,
      resourceVersion: String(++this.#resourceVersion),
    }
    return object
  }

  #put(type: ResourceType, object: KubeObject, change: 'ADDED' | 'MODIFIED'): void {
    this.#objects.set(id(type, object.metadata.namespace ?? '', object.metadata.name ?? ''), object)
    this.#announce(type, change, object)
  }

  #drop(type: ResourceType, namespace: string, name: string): void {
    const stored = this.#objects.get(id(type, namespace, name))
    if (!stored) return
    this.#objects.delete(id(type, namespace, name))
    stored.metadata.resourceVersion = String(++this.#resourceVersion)
    this.#announce(type, 'DELETED', stored)
  }

  #announce(type: ResourceType, change: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
    for (const watcher of this.#watchers) {
      if (
        watcher.type.plural === type.plural &&
        watcher.type.group === type.group &&
        matcher(watcher.options)(object)
      ) {
        watcher.deliver({ type: change, object: structuredClone(object) })
      }
    }
  }

  #ofType(type: ResourceType): KubeObject[] {
    const prefix = `${apiVersionOf(type)}/${type.plural}/`
    return [...this.#objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => object)
  }

  #require(type: ResourceType, namespace: string, name: string): KubeObject {
    const stored = this.#objects.get(id(type, namespace, name))
    if (!stored) throw new ApiError('NotFound', `${qualified(type)} "${name}" not found`, { status: 404 })
    return stored
  }

  #check(
    verb: Parameters<Interceptor>[0]['verb'],
    type: ResourceType,
    namespace: string,
    name: string,
  ): void {
    for (const interceptor of this.#interceptors)
      interceptor({ verb, resource: type.plural, namespace, name })
  }
}

function id(type: ResourceType, namespace: string, name: string): string {
  return `${apiVersionOf(type)}/${type.plural}/${namespace}/${name}`
}

function qualified(type: ResourceType): string {
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`
}

function conflict(type: ResourceType, name: string): ApiError {
  return new ApiError(
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(type)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    { status: 409 },
  )
}

function matcher(options: { namespace?: string; labelSelector?: string; fieldSelector?: string }) {
  const labels = options.labelSelector ? parseLabelSelector(options.labelSelector) : () => true
  const name = options.fieldSelector?.match(/metadata\.name=([^,]+)/)?.[1]
  return (object: KubeObject) =>
    (!options.namespace || object.metadata.namespace === options.namespace) &&
    (name === undefined || object.metadata.name === name) &&
    labels(object.metadata.labels)
}

function specOf(object: KubeObject): unknown {
  const { metadata: _, status: __, ...rest } = object as KubeObject & { status?: unknown }
  return rest
}

function statusOf(object: KubeObject): { status?: unknown } {
  const { status } = structuredClone(object) as { status?: unknown }
  return status === undefined ? {} : { status }
}

function applyPatch(object: KubeObject, patch: Patch): unknown {
  switch (patch.type) {
    case 'merge':
      return mergePatch(object, patch.body)
    case 'json':
      return patch.body.reduce((target: unknown, operation) => jsonPatch(target, operation), object)
    default:
      throw new Error(`the fake API does not do ${patch.type} patches; test this against a real API server`)
  }
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const base: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target)
      ? { ...(target as Record<string, unknown>) }
      : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete base[key]
    else base[key] = mergePatch(base[key], value)
  }
  return base
}

function jsonPatch(target: unknown, operation: JsonPatchOperation): unknown {
  if ('from' in operation) {
    throw new Error(`the fake API does not do JSON patch ${operation.op}`)
  }
  const value = 'value' in operation ? operation.value : undefined
  const path = operation.path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = path.pop()
  if (last === undefined) return value
  let parent = target as Record<string, unknown>
  for (const part of path) parent = parent[part] as Record<string, unknown>
  if (operation.op === 'remove') delete parent[last]
  else if (operation.op !== 'test') parent[last] = value
  else if (JSON.stringify(parent[last]) !== JSON.stringify(value)) {
    throw new ApiError('Invalid', `the test at ${operation.path} failed`, { status: 422 })
  }
  return target
}
