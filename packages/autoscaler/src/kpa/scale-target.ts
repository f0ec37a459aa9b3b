import {
  deployments,
  type KubeObject,
  type ObjectRef,
  type PodAutoscaler,
  type ResourceType,
  revisionUIDLabelKey,
} from '@knative-ts/apis'
import type { InformerFactory, KubeClient, Lister } from '@knative-ts/kube'
import { AutoscalerError, autoscalerErrorCodes } from '../errors.ts'

type Scalable = KubeObject & { spec?: { replicas?: number } }

/** What a PodAutoscaler scales: the Deployments of revisions from a cache, anything else from the API. */
export class ScaleTargets {
  readonly #client: KubeClient
  readonly #deployments: Lister<Scalable>

  constructor(client: KubeClient, informers: InformerFactory) {
    this.#client = client
    this.#deployments = informers.informer(deployments, { labelSelector: revisionUIDLabelKey }).lister
  }

  /**
   * Brings the target to `replicas`, unless it is there already.
   * @throws AutoscalerError `AUTOSCALER_SCALE_FAILED`
   */
  async apply(pa: PodAutoscaler, replicas: number): Promise<void> {
    const { scaleTargetRef } = pa.spec
    const namespace = pa.metadata.namespace ?? ''
    const type = resourceTypeOf(scaleTargetRef)
    try {
      const target = await this.#get(type, namespace, scaleTargetRef.name)
      if ((target.spec?.replicas ?? 1) === replicas) return
      await this.#client.patch(
        type,
        namespace,
        scaleTargetRef.name,
        { type: 'json', body: [{ op: 'add', path: '/spec/replicas', value: replicas }] },
        { subresource: 'scale' },
      )
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      throw new AutoscalerError(
        autoscalerErrorCodes.scaleFailed,
        `error scaling target: failed to apply scale ${replicas} to scale target ${scaleTargetRef.name}: ${text}`,
        { cause: error },
      )
    }
  }

  async #get(type: ResourceType<Scalable>, namespace: string, name: string): Promise<Scalable> {
    const cached = type === deployments ? this.#deployments.get(namespace, name) : undefined
    return cached ?? this.#client.get(type, namespace, name)
  }
}

function resourceTypeOf({ apiVersion, kind }: ObjectRef): ResourceType<Scalable> {
  if (apiVersion === 'apps/v1' && kind === 'Deployment') return deployments
  const slash = apiVersion.indexOf('/')
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
    plural: pluralOf(kind),
    namespaced: true,
  }
}

/** The plural under which the API serves a kind, by the rule of English that API groups keep to. */
function pluralOf(kind: string): string {
  const singular = kind.toLowerCase()
  if (/(s|x|ch|sh)$/.test(singular)) return `${singular}es`
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`
}
