import { asArray, asRecord, asString, type JsonRecord, type KubeObject } from '../meta/kube-object.ts'
import { type LabelPredicate, labelSelectorOf } from '../selectors/label-selector.ts'
import type { Store } from '../storage/store.ts'
import type { AdmissionAttributes } from './admission.ts'

/** Where a webhook is reached: a Service in the cluster, or a URL. */
export interface WebhookTarget {
  readonly service: { readonly namespace: string; readonly name: string; readonly port: number } | undefined
  /** As named in errors; for a Service, its cluster name. */
  readonly url: string
  readonly caBundle: string | undefined
}

/** One webhook of a configuration, read once. */
export interface Webhook {
  readonly name: string
  readonly target: WebhookTarget
  readonly rules: readonly Rule[]
  readonly matchesNamespace: LabelPredicate
  readonly matchesObject: LabelPredicate
  readonly failOpen: boolean
  readonly timeoutMs: number
  readonly reinvoke: boolean
  readonly sideEffects: string
}

interface Rule {
  readonly operations: readonly string[]
  readonly groups: readonly string[]
  readonly versions: readonly string[]
  readonly resources: readonly string[]
  readonly scope: string
}

const strings = (value: unknown): string[] => asArray(value).map(String)

/** All webhooks of a MutatingWebhookConfiguration or ValidatingWebhookConfiguration, in order. */
export function webhooksOf(configuration: KubeObject): Webhook[] {
  return asArray(configuration['webhooks']).map(asRecord).map(readWebhook)
}

function readWebhook(webhook: JsonRecord): Webhook {
  return {
    name: String(webhook['name']),
    target: readTarget(asRecord(webhook['clientConfig'])),
    rules: asArray(webhook['rules']).map(asRecord).map(readRule),
    matchesNamespace: labelSelectorOf(webhook['namespaceSelector']),
    matchesObject: labelSelectorOf(webhook['objectSelector']),
    failOpen: webhook['failurePolicy'] === 'Ignore',
    timeoutMs: Number(webhook['timeoutSeconds'] ?? 10) * 1000,
    reinvoke: webhook['reinvocationPolicy'] === 'IfNeeded',
    sideEffects: String(webhook['sideEffects'] ?? 'Unknown'),
  }
}

function readTarget(config: JsonRecord): WebhookTarget {
  const caBundle = asString(config['caBundle'])
  const pem = caBundle ? Buffer.from(caBundle, 'base64').toString('utf8') : undefined
  const url = asString(config['url'])
  if (url !== undefined) return { service: undefined, url, caBundle: pem }
  const { namespace, name, path, port } = asRecord(config['service'])
  const service = { namespace: String(namespace), name: String(name), port: Number(port ?? 443) }
  const suffix = String(path ?? '').replace(/^(?=[^/])/, '/')
  return {
    service,
    url: `https://${service.name}.${service.namespace}.svc:${service.port}${suffix}`,
    caBundle: pem,
  }
}

function readRule(rule: JsonRecord): Rule {
  return {
    operations: strings(rule['operations']),
    groups: strings(rule['apiGroups']),
    versions: strings(rule['apiVersions']),
    resources: strings(rule['resources']),
    scope: String(rule['scope'] ?? '*'),
  }
}

const includes = (list: readonly string[], value: string) => list.includes('*') || list.includes(value)

function ruleApplies(rule: Rule, { operation, kind, subresource }: AdmissionAttributes): boolean {
  if (!includes(rule.operations, operation) || !includes(rule.groups, kind.group)) return false
  if (!includes(rule.versions, kind.version)) return false
  if (rule.scope !== '*' && (rule.scope === 'Namespaced') !== kind.namespaced) return false
  return rule.resources.some((pattern) => {
    const [resource, sub = ''] = pattern.split('/')
    return (resource === '*' || resource === kind.plural) && (sub === '*' || sub === subresource)
  })
}

/** Whether a webhook is to be asked about a write. */
export function applies(webhook: Webhook, attributes: AdmissionAttributes, store: Store): boolean {
  if (attributes.kind.group === 'admissionregistration.k8s.io') return false
  if (!webhook.rules.some((rule) => ruleApplies(rule, attributes))) return false
  const { object, oldObject, kind } = attributes
  if (kind.storageKey === 'namespaces') {
    if (!webhook.matchesNamespace((object ?? oldObject)?.metadata.labels)) return false
  } else if (kind.namespaced) {
    const namespace = store.get('namespaces', '', attributes.namespace)
    if (!webhook.matchesNamespace(namespace?.metadata.labels)) return false
  }
  const candidates = [object, oldObject].filter((candidate) => candidate !== undefined)
  return candidates.some((candidate) => webhook.matchesObject(candidate.metadata.labels))
}
