import { type KubeObject as ApiObject, apiVersionOf, type ResourceType } from '@knative-ts/apis'
import {
  type DeleteOptions,
  decodeWatchLine,
  type KubeClient,
  type KubeList,
  type ListOptions,
  type Patch,
  type PatchOptions,
  type WatchEvent,
  type WatchOptions,
  type WriteOptions,
} from '@knative-ts/kube'
import { badRequest, notFound } from '../errors.ts'
import { readPatch, strategicSchema } from '../http/patch-request.ts'
import { deleteOptionsOf } from '../http/request-options.ts'
import type { KubeObject } from '../meta/kube-object.ts'
import { parseListOptions } from '../resources/list-options.ts'
import type { ObjectLister } from '../resources/object-lister.ts'
import type { ObjectRemover } from '../resources/object-remover.ts'
import type { ObjectWriter, Revision } from '../resources/object-writer.ts'
import type { ResourceKind } from '../resources/resource-kind.ts'
import type { ResourceRegistry } from '../resources/resource-registry.ts'
import type { WatchHub } from '../resources/watch-hub.ts'
import type { WriteOptions as ServerWriteOptions, UserInfo } from '../resources/write-options.ts'

export interface InProcessKubeClientOptions {
  readonly registry: ResourceRegistry
  readonly writer: ObjectWriter
  readonly remover: ObjectRemover
  readonly lister: ObjectLister
  readonly watches: WatchHub
  /** Whom admission webhooks are told. */
  readonly user: UserInfo
  /** Whom changed fields are ascribed to. */
  readonly manager: string
  /** Takes what is rare: server-side apply, subresources other than status, and paths outside the resource model. */
  readonly remote: KubeClient
}

const contentTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

/**
 * `KubeClient` for controllers that share the server's process: the same reads, writes, admission and watches, without
 * TLS and HTTP between them. Objects are copied both ways, as if they had travelled.
 */
export class InProcessKubeClient implements KubeClient {
  readonly #options: InProcessKubeClientOptions

  constructor(options: InProcessKubeClientOptions) {
    this.#options = options
  }

  async get<T extends ApiObject>(type: ResourceType<T>, namespace: string, name: string): Promise<T> {
    return copied<T>(this.#options.lister.get(this.#kind(type), placeOf(type, namespace), name))
  }

  async list<T extends ApiObject>(type: ResourceType<T>, options: ListOptions = {}): Promise<KubeList<T>> {
    const { namespace, ...query } = options
    const kind = this.#kind(type)
    const page = this.#options.lister.list(
      kind,
      namespace || undefined,
      parseListOptions(kind, search(query)),
    )
    return {
      items: page.items.map((item) => copied<T>(item)),
      resourceVersion: page.metadata.resourceVersion ?? '',
      continue: page.metadata.continue || undefined,
    }
  }

  async create<T extends ApiObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<T> {
    const namespace = placeOf(type, object.metadata.namespace ?? '')
    const body = copied<KubeObject>(typed(type, object))
    return copied<T>(
      await this.#options.writer.create(this.#kind(type), namespace, body, this.#write(options)),
    )
  }

  async update<T extends ApiObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<T> {
    return this.#update(type, object, '', options)
  }

  async updateStatus<T extends ApiObject>(type: ResourceType<T>, object: T): Promise<T> {
    return this.#update(type, object, 'status')
  }

  async patch<T extends ApiObject>(
    type: ResourceType<T>,
    namespace: string,
    name: string,
    patch: Patch,
    options: PatchOptions = {},
  ): Promise<T> {
    const { subresource = '', ...write } = options
    const { writer, remote } = this.#options
    if (patch.type === 'apply' || (subresource !== '' && subresource !== 'status')) {
      return remote.patch(type, namespace, name, patch, options)
    }
    const kind = this.#kind(type, subresource)
    const settings = this.#write(write)
    const body = Buffer.from(JSON.stringify(patch.body))
    const apply = readPatch(body, contentTypes[patch.type], strategicSchema(kind))
    const change = (current: KubeObject): Revision => {
      const object = writer.decode(kind, apply(current), settings)
      if (object.metadata.name !== name) throw badRequest('the name of the object may not be changed')
      return { object, managed: false }
    }
    return copied<T>(await writer.revise(kind, placeOf(type, namespace), name, change, settings, subresource))
  }

  async delete(
    type: ResourceType,
    namespace: string,
    name: string,
    options: DeleteOptions = {},
  ): Promise<void> {
    const { dryRun: _, ...deletion } = deleteOptionsOf({ ...options }, new URLSearchParams())
    await this.#options.remover.delete(
      this.#kind(type),
      placeOf(type, namespace),
      name,
      deletion,
      this.#write(),
    )
  }

  watch<T extends ApiObject>(
    type: ResourceType<T>,
    options: WatchOptions,
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void> {
    const { namespace, signal, ...query } = options
    return new Promise((resolve, reject) => {
      let frames: Buffer[] = []
      let over = false
      const finish = (error?: unknown) => {
        if (over) return
        over = true
        signal.removeEventListener('abort', abort)
        stop()
        if (error === undefined) resolve()
        else reject(error)
      }
      // A write reaches its watchers before it returns to whoever made it; they get to see it after that.
      const deliver = () => {
        const batch = frames
        frames = []
        try {
          for (const frame of batch) if (!over) onEvent(decodeWatchLine<T>(frame.toString()))
        } catch (error) {
          finish(error)
        }
      }
      const abort = () => finish()
      let stop: () => void = () => {}
      if (signal.aborted) {
        finish()
        return
      }
      signal.addEventListener('abort', abort)
      try {
        const kind = this.#kind(type)
        const selection = parseListOptions(kind, search({ ...query, allowWatchBookmarks: 'true' }))
        const sink = {
          write: (frame: Buffer) => {
            if (frames.push(frame) === 1) queueMicrotask(deliver)
            return true
          },
          end: () => queueMicrotask(() => finish()),
        }
        stop = this.#options.watches.start(
          kind,
          namespace || undefined,
          selection,
          { name: '', encode: (object) => object },
          sink,
        )
      } catch (error) {
        finish(error)
      }
    })
  }

  getPath(path: string): Promise<unknown> {
    return this.#options.remote.getPath(path)
  }

  async #update<T extends ApiObject>(
    type: ResourceType<T>,
    object: T,
    subresource: string,
    options?: WriteOptions,
  ): Promise<T> {
    const { namespace = '', name = '' } = object.metadata
    return copied<T>(
      await this.#options.writer.update(
        this.#kind(type, subresource),
        placeOf(type, namespace),
        name,
        copied<KubeObject>(typed(type, object)),
        this.#write(options),
        subresource,
      ),
    )
  }

  #kind(type: ResourceType, subresource = ''): ResourceKind {
    const kind = this.#options.registry.find(apiVersionOf(type), type.plural)
    if (!kind || (subresource === 'status' && !kind.status)) throw notFound(type, '')
    return kind
  }

  #write({ dryRun = false, fieldManager }: WriteOptions = {}): ServerWriteOptions {
    const { user, manager } = this.#options
    return { user, dryRun, manager: fieldManager ?? manager, fieldValidation: 'Warn', warnings: [] }
  }
}

/** Cluster-wide objects are kept under no namespace. */
function placeOf(type: ResourceType, namespace: string): string {
  return type.namespaced ? namespace : ''
}

function typed(type: ResourceType, object: ApiObject): ApiObject {
  return { ...object, apiVersion: apiVersionOf(type), kind: type.kind }
}

function copied<T>(value: unknown): T {
  return JSON.parse(JSON.stringify(value)) as T
}

function search(values: object): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, String(value))
  return query
}
