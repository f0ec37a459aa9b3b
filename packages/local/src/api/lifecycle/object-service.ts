import { ApiError } from '../errors.ts'
import type { KubeObject } from '../meta/kube-object.ts'
import type { ObjectRemover } from '../resources/object-remover.ts'
import type { ObjectWriter, Revision } from '../resources/object-writer.ts'
import type { ResourceKind } from '../resources/resource-kind.ts'
import type { ResourceRegistry } from '../resources/resource-registry.ts'
import { type DeleteOptions, systemWrite, type UserInfo } from '../resources/write-options.ts'
import type { ObjectKey } from '../storage/store.ts'

/** What the server's own controllers may do: delete and edit stored objects as one user of theirs. */
export class ObjectService {
  readonly #registry: ResourceRegistry
  readonly #writer: ObjectWriter
  readonly #remover: ObjectRemover
  readonly #user: UserInfo

  constructor(
    deps: { registry: ResourceRegistry; writer: ObjectWriter; remover: ObjectRemover },
    controllerName: string,
  ) {
    this.#registry = deps.registry
    this.#writer = deps.writer
    this.#remover = deps.remover
    this.#user = {
      username: `system:serviceaccount:kube-system:${controllerName}`,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
    }
  }

  /** Deletes an object if it still is the one with this uid. */
  async delete(
    key: ObjectKey,
    uid: string | undefined,
    policy: DeleteOptions['propagationPolicy'],
  ): Promise<void> {
    const options = {
      gracePeriodSeconds: undefined,
      propagationPolicy: policy,
      uid,
      resourceVersion: undefined,
    }
    await ignoringGone(() =>
      this.#remover.delete(this.#kind(key), key.namespace, key.name, options, this.#options()),
    )
  }

  /** Edits an object in place, if it is still there; `edit` gets a copy. */
  async edit(key: ObjectKey, edit: (object: KubeObject) => void): Promise<void> {
    const change = (current: KubeObject): Revision => {
      const object = structuredClone(current)
      edit(object)
      return { object, managed: false }
    }
    await ignoringGone(() =>
      this.#writer.revise(this.#kind(key), key.namespace, key.name, change, this.#options()),
    )
  }

  /** Creates an object unless one of its name exists. */
  async ensure(resource: string, namespace: string, object: KubeObject): Promise<void> {
    try {
      await this.#writer.create(this.#kind({ resource }), namespace, structuredClone(object), this.#options())
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'AlreadyExists') throw error
    }
  }

  #kind({ resource }: { resource: string }): ResourceKind {
    const kind = this.#registry.findStored(resource)
    if (!kind) throw new ApiError(404, 'NotFound', `the server does not serve ${resource}`)
    return kind
  }

  #options() {
    return { ...systemWrite('kube-controller-manager'), user: this.#user }
  }
}

async function ignoringGone(action: () => Promise<unknown>): Promise<void> {
  try {
    await action()
  } catch (error) {
    if (!(error instanceof ApiError) || (error.code !== 'NotFound' && error.code !== 'Conflict')) throw error
    if (error.code === 'Conflict' && !error.message.includes('Precondition')) throw error
  }
}
