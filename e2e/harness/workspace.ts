import {
  type Condition,
  type Configuration,
  conditionOf,
  configurations,
  type KubeObject,
  type ObjectMeta,
  pods,
  type ResourceType,
  type Revision,
  type RevisionSpec,
  type RevisionTemplateSpec,
  type Route,
  revisionLabelKey,
  revisions,
  routes,
  type Service,
  type StatusBase,
  serviceLabelKey,
  services,
  type TrafficTarget,
  type V1Container,
  type V1Pod,
} from '@knative-ts/apis'
import { isConflict, type KubeClient } from '@knative-ts/kube'
import { eventually, type Patience } from './eventually.ts'
import type { Answer, Gateway, GatewayRequest } from './gateway.ts'

export interface ServiceShape {
  /** Name of a test image. */
  image: string
  name?: string
  /** Of the revision template. */
  annotations?: Record<string, string>
  /** Of the revision template. */
  labels?: Record<string, string>
  /** Of the Service itself. */
  metadata?: Partial<ObjectMeta>
  /** Name of the revision, if it is not to be generated. */
  revisionName?: string
  env?: Record<string, string>
  container?: Partial<V1Container>
  spec?: Partial<RevisionSpec>
  traffic?: TrafficTarget[]
}

interface KnativeObject extends KubeObject {
  status?: StatusBase
}

/** A namespace, and what tests do in it. */
export class Workspace {
  namespace = ''
  readonly client: KubeClient
  readonly gateway: Gateway
  /** Full name of a test image. */
  readonly image: (name: string) => string
  #made = 0

  constructor(parts: { client: KubeClient; gateway: Gateway; image: (name: string) => string }) {
    this.client = parts.client
    this.gateway = parts.gateway
    this.image = parts.image
  }

  /** A name that no other test of this namespace has. */
  name(prefix = 'ksvc'): string {
    return `${prefix}-${++this.#made}`
  }

  template(shape: ServiceShape): RevisionTemplateSpec {
    const { annotations, labels, revisionName } = shape
    const env = Object.entries(shape.env ?? {}).map(([name, value]) => ({ name, value }))
    const container = { image: this.image(shape.image), env, ...shape.container } as V1Container
    return {
      metadata: {
        ...(revisionName ? { name: revisionName } : {}),
        ...(annotations ? { annotations } : {}),
        ...(labels ? { labels } : {}),
      },
      spec: { containers: [container], ...shape.spec },
    }
  }

  /** Creates a Service and returns it as the API answers. */
  create(shape: ServiceShape): Promise<Service> {
    const { metadata, traffic } = shape
    const name = metadata?.generateName ? {} : { name: shape.name ?? this.name(shape.image) }
    return this.client.create(services, {
      metadata: { namespace: this.namespace, ...name, ...metadata },
      spec: { template: this.template(shape), ...(traffic ? { traffic } : {}) },
    })
  }

  /** Creates a Service and returns it once it is Ready. */
  async serve(shape: ServiceShape): Promise<Service> {
    const { metadata } = await this.create(shape)
    return this.ready(services, metadata.name ?? '')
  }

  /** Changes a Service and returns it once it is Ready again; conflicts are tried again. */
  async update(name: string, change: (service: Service) => void): Promise<Service> {
    await this.edit(services, name, change)
    return this.ready(services, name)
  }

  /** Changes an object; conflicts are tried again. */
  async edit<T extends KubeObject>(
    type: ResourceType<T>,
    name: string,
    change: (object: T) => void,
  ): Promise<T> {
    for (;;) {
      const object = await this.client.get(type, this.namespace, name)
      change(object)
      try {
        return await this.client.update(type, object)
      } catch (error) {
        if (!isConflict(error)) throw error
      }
    }
  }

  /** The object once Ready is True for its current generation. */
  ready<T extends KnativeObject>(type: ResourceType<T>, name: string, patience?: Patience): Promise<T> {
    return this.when(type, name, 'Ready', ({ status }) => status === 'True', patience)
  }

  /** The object once Ready is False for its current generation. */
  failed<T extends KnativeObject>(type: ResourceType<T>, name: string, patience?: Patience): Promise<T> {
    return this.when(type, name, 'Ready', ({ status }) => status === 'False', patience)
  }

  /** The object once a condition is as wanted, for its current generation. */
  when<T extends KnativeObject>(
    type: ResourceType<T>,
    name: string,
    conditionType: string,
    wanted: (condition: Condition) => boolean,
    patience?: Patience,
  ): Promise<T> {
    return eventually(
      `${conditionType} of ${type.kind} ${name}`,
      async () => {
        const object = await this.client.get(type, this.namespace, name)
        const { observedGeneration } = object.status ?? {}
        const condition = conditionOf(object.status, conditionType)
        const current = observedGeneration === object.metadata.generation
        if (current && condition && wanted(condition)) return object
        throw new Error(`generation ${object.metadata.generation}, ${JSON.stringify(object.status)}`)
      },
      patience,
    )
  }

  service(name: string): Promise<Service> {
    return this.client.get(services, this.namespace, name)
  }

  configuration(name: string): Promise<Configuration> {
    return this.client.get(configurations, this.namespace, name)
  }

  route(name: string): Promise<Route> {
    return this.client.get(routes, this.namespace, name)
  }

  revision(name: string): Promise<Revision> {
    return this.client.get(revisions, this.namespace, name)
  }

  async revisionsOf(service: string): Promise<Revision[]> {
    const labelSelector = `${serviceLabelKey}=${service}`
    return (await this.client.list(revisions, { namespace: this.namespace, labelSelector })).items
  }

  /** Pods of a revision that are not being deleted. */
  async podsOf(revision: string): Promise<V1Pod[]> {
    const labelSelector = `${revisionLabelKey}=${revision}`
    const { items } = await this.client.list(pods, { namespace: this.namespace, labelSelector })
    return items.filter((pod) => !pod.metadata.deletionTimestamp)
  }

  async readyPodsOf(revision: string): Promise<V1Pod[]> {
    return (await this.podsOf(revision)).filter((pod) =>
      pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
    )
  }

  /** Resolves once the revision has exactly so many pods, all ready. */
  async scaled(revision: string, count: number, patience?: Patience): Promise<V1Pod[]> {
    return eventually(
      `${count} pods of ${revision}`,
      async () => {
        const [all, ready] = [await this.podsOf(revision), await this.readyPodsOf(revision)]
        if (all.length === count && ready.length === count) return ready
        throw new Error(`${all.length} pods, ${ready.length} ready`)
      },
      { everyMs: 100, ...patience },
    )
  }

  /** Asks a Service by the URL in its status. */
  get(
    object: { status?: { url?: string } },
    path = '',
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.gateway.get(`${object.status?.url}${path}`, headers)
  }

  request(object: { status?: { url?: string } }, path: string, request: GatewayRequest): Promise<Answer> {
    return this.gateway.request(`${object.status?.url}${path}`, request)
  }
}
