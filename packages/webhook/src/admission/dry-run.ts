import {
  configurations,
  type KubeObject,
  pods,
  type RevisionTemplateSpec,
  serviceLabelKey,
  services,
  type V1Pod,
} from '@knative-ts/apis'
import type { KubeClient } from '@knative-ts/kube'
import { RejectedError } from '../errors.ts'
import { dryRunPod } from './dry-run-pod.ts'
import type { AdmittedKind } from './kinds.ts'
import type { AdmissionRequest } from './review.ts'

const unsupported = 'does not support dry run'

/**
 * On `--dry-run=server`, asks the API server whether it would take the pod of a Service or of a Configuration
 * that stands by itself: it knows rules that field validation does not.
 */
export class DryRun {
  readonly #client: Pick<KubeClient, 'create'>

  constructor(client: Pick<KubeClient, 'create'>) {
    this.#client = client
  }

  /** @throws RejectedError with the API server's reason */
  async check({ type }: AdmittedKind, object: KubeObject, request: AdmissionRequest): Promise<void> {
    if (request.dryRun !== true || !hasOwnTemplate(type.kind, object)) return
    const template = (object as KubeObject & { spec?: { template?: RevisionTemplateSpec } }).spec?.template
    if (!template?.spec) return
    const namespace = request.namespace ?? object.metadata.namespace ?? ''
    await this.#tryCreate(dryRunPod(template, namespace))
  }

  async #tryCreate(pod: V1Pod): Promise<void> {
    try {
      await this.#client.create(pods, pod, { dryRun: true })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (message.includes(unsupported)) return
      throw new RejectedError(`validation callback failed: dry run failed with ${message}: spec.template`)
    }
  }
}

function hasOwnTemplate(kind: string, { metadata }: KubeObject): boolean {
  if (kind === services.kind) return true
  return kind === configurations.kind && metadata.labels?.[serviceLabelKey] === undefined
}
