import { randomUUID } from 'node:crypto'
import { ApiError, badRequest, internalError } from '../errors.ts'
import { asRecord, asString, type JsonRecord, type KubeObject } from '../meta/kube-object.ts'
import { applyJsonPatch } from '../patch/json-patch.ts'
import type { Store } from '../storage/store.ts'
import type { Admission, AdmissionAttributes } from './admission.ts'
import { applies, type Webhook, webhooksOf } from './webhook.ts'
import type { WebhookClient } from './webhook-client.ts'

const mutating = 'admissionregistration.k8s.io/mutatingwebhookconfigurations'
const validating = 'admissionregistration.k8s.io/validatingwebhookconfigurations'

/** Asks the configured webhooks: mutating ones one after the other, validating ones at once. */
export class WebhookAdmission implements Admission {
  readonly #store: Store
  readonly #client: WebhookClient
  readonly #webhooks = new Map<string, Webhook[]>()

  constructor(store: Store, client: WebhookClient) {
    this.#store = store
    this.#client = client
    for (const resource of [mutating, validating]) this.#read(resource)
    store.subscribe(({ resource }) => {
      if (resource === mutating || resource === validating) this.#read(resource)
    })
  }

  async mutate(attributes: AdmissionAttributes): Promise<KubeObject | undefined> {
    const webhooks = this.#webhooks.get(mutating)!
    let object = attributes.object
    const changedAt = new Map<Webhook, number>()
    let changes = 0
    const ask = async (webhook: Webhook) => {
      const now = { ...attributes, object }
      if (!applies(webhook, now, this.#store)) return
      const patched = patchedBy(webhook, await this.#call(webhook, now), object)
      if (patched !== undefined) {
        object = patched
        changes++
      }
      changedAt.set(webhook, changes)
    }
    for (const webhook of webhooks) await ask(webhook)
    for (const webhook of webhooks) {
      if (webhook.reinvoke && (changedAt.get(webhook) ?? changes) < changes) await ask(webhook)
    }
    return object
  }

  async validate(attributes: AdmissionAttributes): Promise<void> {
    const asked = this.#webhooks
      .get(validating)!
      .filter((webhook) => applies(webhook, attributes, this.#store))
    const results = await Promise.allSettled(asked.map((webhook) => this.#call(webhook, attributes)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  #read(resource: string): void {
    this.#webhooks.set(resource, this.#store.list(resource).flatMap(webhooksOf))
  }

  /** The webhook's answer; empty when it failed and may. Throws when it refuses, or fails and may not. */
  async #call(webhook: Webhook, attributes: AdmissionAttributes): Promise<JsonRecord> {
    if (attributes.dryRun && webhook.sideEffects !== 'None' && webhook.sideEffects !== 'NoneOnDryRun') {
      throw badRequest(`admission webhook ${JSON.stringify(webhook.name)} does not support dry run`)
    }
    let response: JsonRecord
    try {
      response = await this.#client.review(webhook.target, reviewOf(attributes), webhook.timeoutMs)
    } catch (error) {
      if (webhook.failOpen) return {}
      const why = error instanceof Error ? error.message : String(error)
      throw internalError(
        `Internal error occurred: failed calling webhook ${JSON.stringify(webhook.name)}: failed to call webhook: ${why}`,
        {
          causes: [
            {
              reason: 'UnexpectedServerResponse',
              message: `failed calling webhook ${JSON.stringify(webhook.name)}: failed to call webhook: ${why}`,
            },
          ],
        },
      )
    }
    if (Array.isArray(response['warnings'])) attributes.warnings.push(...response['warnings'].map(String))
    if (response['allowed'] !== true) throw denied(webhook.name, asRecord(response['status']))
    return response
  }
}

function denied(name: string, status: JsonRecord): ApiError {
  const by = `admission webhook ${JSON.stringify(name)} denied the request`
  const why = asString(status['message']) || asString(status['reason'])
  const code = typeof status['code'] === 'number' && status['code'] >= 400 ? status['code'] : 400
  const details = status['details'] === undefined ? undefined : asRecord(status['details'])
  return new ApiError(
    code,
    asString(status['reason']) ?? '',
    why ? `${by}: ${why}` : `${by} without explanation`,
    details,
  )
}

function patchedBy(
  webhook: Webhook,
  response: JsonRecord,
  object: KubeObject | undefined,
): KubeObject | undefined {
  const patch = asString(response['patch'])
  if (!patch || object === undefined) return undefined
  try {
    const operations: unknown = JSON.parse(Buffer.from(patch, 'base64').toString('utf8'))
    if (Array.isArray(operations) && operations.length === 0) return undefined
    return applyJsonPatch(object, operations) as KubeObject
  } catch (error) {
    throw internalError(
      `Internal error occurred: admission webhook ${JSON.stringify(webhook.name)} sent a patch that does not apply: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

const optionKinds = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' }

function reviewOf(attributes: AdmissionAttributes): object {
  const { kind, subresource, operation, user } = attributes
  const requestKind = { group: kind.group, version: kind.version, kind: kind.kind }
  const resource = { group: kind.group, version: kind.version, resource: kind.plural }
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: randomUUID(),
      kind: requestKind,
      resource,
      ...(subresource ? { subResource: subresource } : {}),
      requestKind,
      requestResource: resource,
      ...(subresource ? { requestSubResource: subresource } : {}),
      name: attributes.name,
      ...(attributes.namespace ? { namespace: attributes.namespace } : {}),
      operation,
      userInfo: user,
      object: attributes.object ?? null,
      oldObject: attributes.oldObject ?? null,
      dryRun: attributes.dryRun,
      options: { kind: optionKinds[operation], apiVersion: 'meta.k8s.io/v1' },
    },
  }
}
