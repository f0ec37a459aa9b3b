import {
  type NamespacedName,
  namespaces,
  type OwnerReference,
  type ResourceType,
  semanticEqual,
  type V1LabelSelector,
  type V1MutatingWebhookConfiguration,
  type V1Secret,
  type V1ValidatingWebhookConfiguration,
} from '@knative-ts/apis'
import type { KubeClient, Lister } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { done, type KeyReconciler, type Outcome } from '@knative-ts/reconciler'
import { caCertName } from '../certificates/secret-data.ts'
import type { WebhookRule } from './rules.ts'

export type WebhookConfiguration = V1MutatingWebhookConfiguration | V1ValidatingWebhookConfiguration
type Webhook = NonNullable<WebhookConfiguration['webhooks']>[number]

/** What the process fills in of a webhook configuration. */
export interface WebhookRegistration {
  readonly type: ResourceType<WebhookConfiguration>
  /** Name of the object and of the one webhook in it that is ours. */
  readonly name: string
  readonly path: string
  readonly rules: readonly WebhookRule[]
  /** Whether namespaces may opt out by a label. */
  readonly namespacesMayOptOut: boolean
  readonly reinvocationPolicy?: 'IfNeeded'
}

export interface WebhookConfigurationReconcilerOptions {
  client: KubeClient
  logger: Logger
  registration: WebhookRegistration
  configurations: Lister<WebhookConfiguration>
  secrets: Lister<V1Secret>
  /** System namespace, which holds the Secret and owns the configurations. */
  namespace: string
  secretName: string
  /** False to leave owner references alone. */
  ownedByNamespace: boolean
}

const excludeLabelKey = 'webhooks.knative.dev/exclude'
const ownKeys = 'knative.dev'

/** Keeps a webhook configuration pointing at this service, with its CA, path and rules. */
export class WebhookConfigurationReconciler implements KeyReconciler {
  readonly #options: WebhookConfigurationReconcilerOptions

  constructor(options: WebhookConfigurationReconcilerOptions) {
    this.#options = options
  }

  async reconcile({ name }: NamespacedName): Promise<Outcome> {
    const { client, logger, registration, configurations, secrets, namespace, secretName } = this.#options
    const current = configurations.get('', name)
    if (!current) {
      logger.error(
        `${registration.type.kind} ${name} does not exist; apply the project's manifests, which create it`,
      )
      return done
    }
    const caBundle = secrets.get(namespace, secretName)?.data?.[caCertName]
    // The event of the Secret that gets its first certificates comes back here.
    if (!caBundle) return done

    const desired = structuredClone(current)
    const owner = await this.#owner()
    if (owner) desired.metadata.ownerReferences = [owner]
    const webhooks: Webhook[] = desired.webhooks ?? []
    for (const webhook of webhooks) {
      if (webhook.name === registration.name) complete(webhook, registration, caBundle)
    }
    if (semanticEqual(current, desired)) return done
    await client.update(registration.type, desired)
    logger.info(`updated ${registration.type.kind} ${name}`)
    return done
  }

  async #owner(): Promise<OwnerReference | undefined> {
    const { client, namespace, ownedByNamespace } = this.#options
    if (!ownedByNamespace) return undefined
    const { metadata } = await client.get(namespaces, '', namespace)
    return {
      apiVersion: 'v1',
      kind: namespaces.kind,
      name: namespace,
      uid: metadata.uid ?? '',
      controller: false,
      blockOwnerDeletion: true,
    }
  }
}

function complete(webhook: Webhook, registration: WebhookRegistration, caBundle: string): void {
  webhook.rules = registration.rules.map((rule) => ({ ...rule }))
  webhook.clientConfig.caBundle = caBundle
  if (webhook.clientConfig.service) webhook.clientConfig.service.path = registration.path
  if (registration.reinvocationPolicy) {
    Object.assign(webhook, { reinvocationPolicy: registration.reinvocationPolicy })
  }
  if (registration.namespacesMayOptOut) webhook.namespaceSelector = optOutSelector(webhook.namespaceSelector)
}

/** Adds that excluded namespaces are skipped; expressions that are not ours stay. */
function optOutSelector(selector: V1LabelSelector | undefined): V1LabelSelector {
  const foreign = (selector?.matchExpressions ?? []).filter(({ key }) => !key.includes(ownKeys))
  return {
    ...selector,
    matchExpressions: [{ key: excludeLabelKey, operator: 'DoesNotExist' }, ...foreign],
  }
}
