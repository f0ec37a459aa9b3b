import {
  controllerReference,
  coreServices,
  endpointSlices,
  endpoints,
  type KubeObject,
  keyOf,
  type NamespacedName,
  pods,
  type ResourceType,
  type V1EndpointSlice,
  type V1Endpoints,
  type V1Pod,
  type V1Service,
} from '@knative-ts/apis'
import { isAlreadyExists, isNotFound, type Lister, matchLabels } from '@knative-ts/kube'
import {
  againAfter,
  alwaysLeader,
  Controller,
  done,
  type KeyReconciler,
  type Outcome,
  sameValue,
} from '@knative-ts/reconciler'
import { endpointSubsets, mirroredContent, serviceBackends, sliceContent } from './endpoint-subsets.ts'
import type { LocalControllerDependencies } from './owner-controller.ts'
import { UnhurriedWrites } from './unhurried-writes.ts'

const serviceNameLabel = 'kubernetes.io/service-name'
const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
const sliceController = 'endpointslice-controller.k8s.io'
const mirrorController = 'endpointslicemirroring-controller.k8s.io'
const skipMirrorLabel = 'endpointslice.kubernetes.io/skip-mirror'

/**
 * Writes the Endpoints and EndpointSlice of each Service with a selector, and mirrors hand-written Endpoints
 * of Services without one into slices.
 */
export function makeEndpointsController(dependencies: LocalControllerDependencies): Controller {
  const { informers, clock, logger } = dependencies
  const services = informers.informer(coreServices)
  const podInformer = informers.informer(pods)
  const endpointsInformer = informers.informer(endpoints)
  const slices = informers.informer(endpointSlices)
  podInformer.addIndex('label', labelPairs)
  services.addIndex('selector', selectorPair)
  const reconciler = new EndpointsReconciler(dependencies, {
    services: services.lister,
    pods: podInformer.lister,
    endpoints: endpointsInformer.lister,
    slices: slices.lister,
  })
  const controller = new Controller({
    name: 'endpoints',
    reconciler,
    clock,
    logger,
    leadership: alwaysLeader,
    workers: 8,
  })
  const wake = (object: KubeObject) => controller.enqueue(object)
  services.addHandler({ onAdd: wake, onUpdate: (_, service) => wake(service), onDelete: wake })
  endpointsInformer.addHandler({ onAdd: wake, onUpdate: (_, object) => wake(object), onDelete: wake })
  const wakeServicesOf = (pod: V1Pod) => {
    for (const pair of labelPairs(pod)) {
      for (const service of services.lister.byIndex('selector', pair)) {
        if (service.metadata.namespace === pod.metadata.namespace) controller.enqueue(service)
      }
    }
  }
  podInformer.addHandler({
    onAdd: wakeServicesOf,
    onUpdate: (before, after) => {
      if (!sameValue(before.metadata.labels, after.metadata.labels)) wakeServicesOf(before)
      wakeServicesOf(after)
    },
    onDelete: wakeServicesOf,
  })
  return controller
}

function labelPairs(object: KubeObject): string[] {
  return Object.entries(object.metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`)
}

/** One pair of the selector is enough to find the Service; the others are checked when it is reconciled. */
function selectorPair(service: V1Service): string[] {
  const [pair] = Object.entries(service.spec?.selector ?? {})
  return pair ? [pair.join('=')] : []
}

type SliceContent = ReturnType<typeof sliceContent>

interface Listers {
  services: Lister<V1Service>
  pods: Lister<V1Pod>
  endpoints: Lister<V1Endpoints>
  slices: Lister<V1EndpointSlice>
}

class EndpointsReconciler implements KeyReconciler {
  readonly #dependencies: LocalControllerDependencies
  readonly #listers: Listers
  readonly #unhurried: UnhurriedWrites

  constructor(dependencies: LocalControllerDependencies, listers: Listers) {
    this.#dependencies = dependencies
    this.#listers = listers
    this.#unhurried = new UnhurriedWrites(dependencies.clock)
  }

  async reconcile(key: NamespacedName): Promise<Outcome> {
    const service = this.#listers.services.get(key.namespace, key.name)
    if (!service) {
      this.#unhurried.forget(`${key.namespace}/${key.name}`)
      await this.#remove(endpoints, key)
      await this.#remove(endpointSlices, key)
      return done
    }
    if (service.metadata.deletionTimestamp) return done
    const selector = service.spec?.selector
    if (selector && Object.keys(selector).length > 0) return this.#fromPods(service, selector)
    await this.#mirror(service)
    return done
  }

  async #fromPods(service: V1Service, selector: Record<string, string>): Promise<Outcome> {
    const [pair] = selectorPair(service)
    const matches = matchLabels(selector)
    const selected = this.#listers.pods
      .byIndex('label', pair ?? '')
      .filter((pod) => pod.metadata.namespace === service.metadata.namespace && matches(pod.metadata.labels))
    const backends = serviceBackends(service, selected)
    const slice = sliceContent(backends)
    const waitMs = this.#waitMs(service, slice)
    if (waitMs > 0) return againAfter(waitMs)
    await this.#write(endpoints, this.#listers.endpoints, {
      metadata: {
        name: service.metadata.name,
        namespace: service.metadata.namespace,
        labels: service.metadata.labels ?? {},
      },
      subsets: endpointSubsets(backends),
    } as V1Endpoints)
    await this.#writeSlice(service, slice, sliceController)
    return done
  }

  /** Nothing is sent to pods that are not ready yet, so news of them alone can wait. */
  #waitMs(service: V1Service, desired: SliceContent): number {
    const { namespace = '', name = '' } = service.metadata
    const existing = this.#listers.slices.get(namespace, name)
    const starting =
      existing?.endpoints !== undefined &&
      !sameValue(existing.endpoints, desired.endpoints) &&
      sameValue(existing.endpoints.filter(isInUse), desired.endpoints.filter(isInUse)) &&
      sameValue(existing.ports ?? [], desired.ports)
    if (starting) return this.#unhurried.waitMs(keyOf(service))
    this.#unhurried.forget(keyOf(service))
    return 0
  }

  async #mirror(service: V1Service): Promise<void> {
    const { namespace = '', name = '' } = service.metadata
    const source = this.#listers.endpoints.get(namespace, name)
    if (source?.metadata.labels?.[skipMirrorLabel] === 'true') return
    const [subset] = source?.subsets ?? []
    if (source && subset) await this.#writeSlice(service, mirroredContent(subset), mirrorController)
    else if (
      this.#listers.slices.get(namespace, name)?.metadata.labels?.[managedByLabel] === mirrorController
    ) {
      await this.#remove(endpointSlices, { namespace, name })
    }
  }

  async #writeSlice(service: V1Service, content: SliceContent, manager: string): Promise<void> {
    await this.#write(endpointSlices, this.#listers.slices, {
      metadata: {
        name: service.metadata.name,
        namespace: service.metadata.namespace,
        labels: {
          ...service.metadata.labels,
          [serviceNameLabel]: service.metadata.name ?? '',
          [managedByLabel]: manager,
        },
        ownerReferences: [controllerReference(coreServices, service)],
      },
      addressType: 'IPv4',
      ...content,
    } as V1EndpointSlice)
  }

  async #write<T extends KubeObject>(type: ResourceType<T>, lister: Lister<T>, desired: T): Promise<void> {
    const { client } = this.#dependencies
    const { namespace = '', name = '' } = desired.metadata
    const existing = lister.get(namespace, name)
    try {
      if (!existing) await client.create(type, desired)
      else if (!sameContent(existing, desired)) {
        const merged = { ...structuredClone(existing), ...desired }
        merged.metadata = { ...existing.metadata, ...desired.metadata }
        await client.update(type, merged)
      }
    } catch (error) {
      // The Service went away meanwhile, or the cache is behind: the next event brings us back.
      if (!isAlreadyExists(error) && !isNotFound(error)) throw error
    }
  }

  async #remove(type: ResourceType, key: NamespacedName): Promise<void> {
    const lister: Lister<KubeObject> = type === endpoints ? this.#listers.endpoints : this.#listers.slices
    if (!lister.get(key.namespace, key.name)) return
    try {
      await this.#dependencies.client.delete(type, key.namespace, key.name)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}

function isInUse({ conditions }: SliceContent['endpoints'][number]): boolean {
  return conditions?.ready === true || conditions?.terminating === true
}

function sameContent(existing: KubeObject, desired: KubeObject): boolean {
  const content = ({ metadata, apiVersion: _, kind: __, ...rest }: KubeObject) => ({
    ...rest,
    labels: metadata.labels ?? {},
  })
  return sameValue(content(existing), content(desired))
}
