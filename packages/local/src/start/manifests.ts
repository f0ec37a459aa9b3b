import { readFileSync } from 'node:fs'
import { apiVersionOf, type KubeObject, type ResourceType } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { apiErrorCode, type KubeClient } from '@knative-ts/kube'
import { parseAllDocuments } from 'yaml'
import { LocalError } from '../errors.ts'

/** What has to exist before what; kinds that are not named come between. */
const first = [
  'Namespace',
  'CustomResourceDefinition',
  'ServiceAccount',
  'ConfigMap',
  'Secret',
  'ClusterRole',
]
const last = ['Service', 'Deployment', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']

/**
 * Reads a manifest file and fills in `$(NAME)` placeholders, in the order in which it must be applied.
 * @throws LocalError MANIFESTS_MISSING
 */
export function readManifests(file: string, values: Readonly<Record<string, string>>): KubeObject[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new LocalError('MANIFESTS_MISSING', `cannot read ${file}; run "npm run render" to make it`, error)
  }
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`$(${name})`, value)
  return parseManifests(text).sort((a, b) => rank(a) - rank(b))
}

/** The objects of a YAML stream; empty documents are left out. */
export function parseManifests(text: string): KubeObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object): object is KubeObject => object !== null && object.kind !== undefined)
}

function rank(object: KubeObject): number {
  const kind = object.kind ?? ''
  const early = first.indexOf(kind)
  if (early >= 0) return early
  // Custom objects named Service are not the core ones; they are applied with the unnamed kinds.
  const late = object.apiVersion?.includes('knative.dev') ? -1 : last.indexOf(kind)
  return late < 0 ? first.length : first.length + 1 + late
}

const fieldManager = 'knative-ts-local'
const webhookPatienceMs = 60_000
const webhookRetryMs = 200

type ApplyingClient = Pick<KubeClient, 'patch' | 'getPath'>

/** Applies objects one after the other, server side, as `kubectl apply --server-side --force-conflicts` does. */
export class ManifestApplier {
  readonly #client: ApplyingClient
  readonly #clock: Clock
  readonly #types = new Map<string, ResourceType>()

  constructor(client: ApplyingClient, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  /**
   * State of an earlier start has webhooks, whose pods are only just coming up, or wait for these very objects:
   * what a webhook has to see first is put off until the others are applied, and tried again.
   */
  async apply(objects: readonly KubeObject[]): Promise<void> {
    const deadlineMs = this.#clock.monotonic() + webhookPatienceMs
    let left = objects
    for (;;) {
      const refusals: { object: KubeObject; error: unknown }[] = []
      for (const object of left) {
        try {
          await this.#applyOne(object)
        } catch (error) {
          if (!isWebhookDown(error)) throw error
          refusals.push({ object, error })
        }
      }
      const [refusal] = refusals
      if (!refusal) return
      if (this.#clock.monotonic() >= deadlineMs) throw refusal.error
      await this.#clock.sleep(webhookRetryMs)
      left = refusals.map(({ object }) => object)
    }
  }

  async #applyOne(object: KubeObject): Promise<void> {
    const type = await this.typeOf(object)
    await this.#client.patch(type, object.metadata.namespace ?? '', object.metadata.name ?? '', {
      type: 'apply',
      body: object,
      fieldManager,
      force: true,
    })
  }

  /** Finds the resource of an object's kind by asking the API. */
  async typeOf(object: KubeObject): Promise<ResourceType> {
    const { apiVersion = '', kind = '' } = object
    const id = `${apiVersion}/${kind}`
    const known = this.#types.get(id)
    if (known) return known
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const answer = (await this.#client.getPath(path)) as {
      resources: { name: string; kind: string; namespaced: boolean }[]
    }
    const found = answer.resources.find((entry) => entry.kind === kind && !entry.name.includes('/'))
    if (!found) throw new LocalError('NOT_READY', `the API has no kind ${kind} in ${apiVersion}`)
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
    const type: ResourceType = {
      group: group ?? '',
      version: version ?? '',
      kind,
      plural: found.name,
      namespaced: found.namespaced,
    }
    this.#types.set(`${apiVersionOf(type)}/${kind}`, type)
    return type
  }
}

/** As against a webhook that answered with a refusal. */
function isWebhookDown(error: unknown): boolean {
  return (
    apiErrorCode(error) === 'InternalError' && (error as Error).message.includes('failed calling webhook')
  )
}
