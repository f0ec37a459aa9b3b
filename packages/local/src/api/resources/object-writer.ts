import { randomUUID } from 'node:crypto'
import type { Clock } from '@knative-ts/clock'
import type { Admission } from '../admission/admission.ts'
import {
  alreadyExists,
  badRequest,
  conflict,
  forbiddenObject,
  invalid,
  notFound,
  staleObject,
} from '../errors.ts'
import { invalidValue } from '../meta/field-error.ts'
import { type KubeObject, timestamp } from '../meta/kube-object.ts'
import { serverSideApply, trackUpdate, type WriteContext } from '../patch/managed-fields.ts'
import { validate } from '../schema/validate.ts'
import type { Store } from '../storage/store.ts'
import { decodeObject, fillDefaults } from './decode-object.ts'
import { generateName } from './generate-name.ts'
import { isReadyToGo } from './object-remover.ts'
import { apiVersionOf, presentAs, type ResourceKind, toStorage } from './resource-kind.ts'
import { desiredChanged, keepServerFields, sameContent } from './settle-update.ts'
import { validateMetadata } from './validate-metadata.ts'
import type { WriteOptions } from './write-options.ts'

/** What an update does to the object at hand. `apart` tells that managedFields are already right. */
export interface Revision {
  readonly object: KubeObject
  readonly managed: boolean
}

/** What a writer needs from around it. */
export interface WriterDependencies {
  readonly store: Store
  readonly admission: Admission
  readonly clock: Clock
  /** Last word before an object is stored, with nothing awaited in between: allocates what must be unique. */
  readonly beforeStore: (kind: ResourceKind, object: KubeObject, old: KubeObject | undefined) => void
}

const attempts = 5

/** Creates and updates objects: decoding, defaults, admission, validation, ownership, and the write itself. */
export class ObjectWriter {
  readonly #store: Store
  readonly #admission: Admission
  readonly #clock: Clock
  readonly #beforeStore: WriterDependencies['beforeStore']

  constructor({ store, admission, clock, beforeStore }: WriterDependencies) {
    this.#store = store
    this.#admission = admission
    this.#clock = clock
    this.#beforeStore = beforeStore
  }

  /** Creates the object in `body`, which is consumed. Returns it as stored. */
  async create(
    kind: ResourceKind,
    namespace: string,
    body: unknown,
    options: WriteOptions,
  ): Promise<KubeObject> {
    return this.#create(kind, namespace, decodeObject(kind, body, options), options, undefined)
  }

  /** Replaces an object, or one subresource of it, by `body`, which is consumed. */
  async update(
    kind: ResourceKind,
    namespace: string,
    name: string,
    body: unknown,
    options: WriteOptions,
    subresource = '',
  ): Promise<KubeObject> {
    const object = decodeObject(kind, body, options)
    assertSamePlace(kind, object, namespace, name)
    if (kind.custom && !object.metadata.resourceVersion) {
      throw invalid(kind, name, [
        invalidValue('metadata.resourceVersion', 0n, 'must be specified for an update'),
      ])
    }
    return this.revise(
      kind,
      namespace,
      name,
      () => ({ object: structuredClone(object), managed: false }),
      options,
      subresource,
    )
  }

  /**
   * Changes an object by `change`, which is given the current state and called again when another write got
   * in between. A resourceVersion in what it returns must be current.
   */
  async revise(
    kind: ResourceKind,
    namespace: string,
    name: string,
    change: (current: KubeObject) => Revision,
    options: WriteOptions,
    subresource = '',
  ): Promise<KubeObject> {
    for (let attempt = 1; ; attempt++) {
      const stored = this.#store.get(kind.storageKey, namespace, name)
      if (!stored) throw notFound(kind, name)
      const current = presentAs(kind, stored)
      const revision = change(current)
      const given = revision.object.metadata.resourceVersion
      if (given && given !== '0' && given !== current.metadata.resourceVersion)
        throw conflict(kind, name, staleObject)
      const result = await this.#update(kind, stored, current, revision, options, subresource)
      if (result) return result
      if (attempt === attempts) throw conflict(kind, name, staleObject)
    }
  }

  /** Turns a patched object, which is consumed, into one of the kind, for `revise`. Throws 400. */
  decode(kind: ResourceKind, body: unknown, options: WriteOptions): KubeObject {
    return decodeObject(kind, body, options)
  }

  /** Server-side apply; creates the object when it is not there. `body` is consumed. */
  async apply(
    kind: ResourceKind,
    namespace: string,
    name: string,
    body: unknown,
    options: WriteOptions & { readonly force: boolean },
    subresource = '',
  ): Promise<{ object: KubeObject; created: boolean }> {
    const applied = decodeObject(kind, body, options)
    if (applied.metadata.managedFields?.length) throw badRequest('metadata.managedFields must be nil')
    applied.metadata.name ??= name
    assertSamePlace(kind, applied, namespace, name)
    const context = this.#context(kind, options, subresource)
    if (!this.#store.get(kind.storageKey, namespace, name) && subresource === '') {
      if (applied.metadata.uid)
        throw conflict(
          kind,
          name,
          'uid mismatch: the provided object specified uid, and no existing object was found',
        )
      const object = serverSideApply(undefined, applied, context, options.force)
      const { managedFields } = object.metadata
      return { object: await this.#create(kind, namespace, object, options, managedFields), created: true }
    }
    const change = (current: KubeObject): Revision => {
      const object = serverSideApply(current, applied, context, options.force)
      object.metadata.resourceVersion = applied.metadata.resourceVersion ?? ''
      return { object: structuredClone(object), managed: true }
    }
    return { object: await this.revise(kind, namespace, name, change, options, subresource), created: false }
  }

  async #create(
    kind: ResourceKind,
    namespace: string,
    decoded: KubeObject,
    options: WriteOptions,
    managedFields: KubeObject['metadata']['managedFields'],
  ): Promise<KubeObject> {
    const { metadata } = decoded
    if (metadata.resourceVersion)
      throw badRequest('resourceVersion should not be set on objects to be created')
    assertSamePlace(kind, decoded, namespace, undefined)
    if (namespace) metadata.namespace = namespace
    if (!metadata.name && metadata.generateName) metadata.name = generateName(metadata.generateName)
    this.#assertNamespaceOpen(kind, namespace, metadata.name ?? '')
    for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink'])
      delete metadata[field]
    metadata.uid = randomUUID()
    metadata.creationTimestamp = timestamp(this.#clock.now())
    fillDefaults(kind, decoded)
    const attributes = {
      operation: 'CREATE' as const,
      kind,
      subresource: '',
      namespace,
      name: metadata.name ?? '',
      oldObject: undefined,
      user: options.user,
      dryRun: options.dryRun,
      warnings: options.warnings,
    }
    const mutated = await this.#admission.mutate({ ...attributes, object: decoded })
    const object = this.#settle(kind, mutated ?? decoded, decoded)
    if (kind.status) delete object['status']
    if (kind.generation) object.metadata.generation = 1
    else delete object.metadata.generation
    kind.strategy.prepareCreate?.(object, this.#clock.now())
    object.metadata.managedFields =
      managedFields ??
      trackUpdate(
        undefined,
        { ...object, metadata: { ...object.metadata, managedFields: [] } },
        this.#context(kind, options, ''),
      )
    this.#assertValid(kind, object, undefined)
    await this.#admission.validate({ ...attributes, object })
    this.#assertNamespaceOpen(kind, namespace, attributes.name)
    this.#beforeStore(kind, object, undefined)
    const { name = '' } = object.metadata
    if (options.dryRun) {
      if (this.#store.get(kind.storageKey, namespace, name)) throw alreadyExists(kind, name)
      return object
    }
    const outcome = this.#store.put(kind.storageKey, toStorage(kind, object), undefined)
    if (!outcome.ok) throw alreadyExists(kind, name)
    return presentAs(kind, outcome.change.object)
  }

  /** Undefined when the stored object changed meanwhile. */
  async #update(
    kind: ResourceKind,
    stored: KubeObject,
    current: KubeObject,
    { object: wanted, managed }: Revision,
    options: WriteOptions,
    subresource: string,
  ): Promise<KubeObject | undefined> {
    const { namespace = '', name = '' } = current.metadata
    const { uid } = wanted.metadata
    if (uid && uid !== current.metadata.uid) {
      throw conflict(
        kind,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`,
      )
    }
    const candidate = keepServerFields(kind, wanted, current, subresource)
    fillDefaults(kind, candidate)
    const attributes = {
      operation: 'UPDATE' as const,
      kind,
      subresource,
      namespace,
      name,
      oldObject: current,
      user: options.user,
      dryRun: options.dryRun,
      warnings: options.warnings,
    }
    const mutated = await this.#admission.mutate({ ...attributes, object: candidate })
    const settled = mutated === candidate ? candidate : this.#settle(kind, mutated ?? candidate, candidate)
    const object = mutated === candidate ? candidate : keepServerFields(kind, settled, current, subresource)
    kind.strategy.prepareUpdate?.(object, current, this.#clock.now())
    if (kind.generation && desiredChanged(kind, object, current)) {
      object.metadata.generation = (current.metadata.generation ?? 0) + 1
    }
    if (!managed)
      object.metadata.managedFields = trackUpdate(current, object, this.#context(kind, options, subresource))
    this.#assertValid(kind, object, current)
    await this.#admission.validate({ ...attributes, object })
    if (sameContent(object, current)) return current
    this.#beforeStore(kind, object, current)
    if (options.dryRun) return object
    const written = toStorage(kind, object)
    const outcome = isReadyToGo(kind, written)
      ? this.#store.remove(kind.storageKey, stored, written)
      : this.#store.put(kind.storageKey, written, stored)
    return outcome.ok ? presentAs(kind, outcome.change.object) : undefined
  }

  /** What came back from mutation, decoded again; identity cannot be changed by webhooks. */
  #settle(kind: ResourceKind, mutated: KubeObject, original: KubeObject): KubeObject {
    const object = decodeObject(kind, mutated)
    fillDefaults(kind, object)
    const { name, namespace, uid, creationTimestamp } = original.metadata
    Object.assign(object.metadata, { name, uid, creationTimestamp }, namespace ? { namespace } : {})
    return object
  }

  #context(kind: ResourceKind, options: WriteOptions, subresource: string): WriteContext {
    return {
      manager: options.manager,
      apiVersion: apiVersionOf(kind),
      subresource,
      statusApart: kind.status,
      schema: kind.schema,
      nowMs: this.#clock.now(),
    }
  }

  #assertValid(kind: ResourceKind, object: KubeObject, old: KubeObject | undefined): void {
    const errors = [
      ...validateMetadata(kind, object, old),
      ...(kind.custom ? validate(object, kind.schema) : []),
      ...(kind.strategy.validate?.(object, old) ?? []),
    ]
    if (errors.length > 0) throw invalid(kind, object.metadata.name ?? '', errors)
  }

  #assertNamespaceOpen(kind: ResourceKind, namespace: string, name: string): void {
    if (!kind.namespaced) return
    const found = this.#store.get('namespaces', '', namespace)
    if (!found) throw notFound({ group: '', plural: 'namespaces' }, namespace)
    if (found.metadata.deletionTimestamp) {
      const error = forbiddenObject(
        kind,
        name,
        `unable to create new content in namespace ${namespace} because it is being terminated`,
      )
      const cause = {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      }
      error.details!.causes = [cause]
      throw error
    }
  }
}

function assertSamePlace(
  kind: ResourceKind,
  object: KubeObject,
  namespace: string,
  name: string | undefined,
): void {
  const given = object.metadata
  if (given.namespace && given.namespace !== namespace) {
    throw badRequest(
      kind.namespaced
        ? `the namespace of the provided object does not match the namespace sent on the request`
        : `namespace must be empty for the cluster-scoped ${kind.kind}, got ${JSON.stringify(given.namespace)}`,
    )
  }
  if (name !== undefined && given.name !== name) {
    throw badRequest(
      given.name
        ? `the name of the object (${given.name}) does not match the name on the URL (${name})`
        : 'name must be provided',
    )
  }
}
