import {
  coreServices,
  endpoints,
  keyString,
  type NamespacedName,
  type ProtocolType,
  privateServiceName,
  type Revision,
  revisionLabelKey,
  revisions,
  revisionUIDLabelKey,
  serviceTypeKey,
  type V1Endpoints,
  type V1Service,
} from '@knative-ts/apis'
import type { InformerFactory, Lister } from '@knative-ts/kube'
import { activatorPosition, endpointAddresses, requestPortName } from '../backends/endpoint-addresses.ts'
import { hostPort } from '../backends/host-port.ts'
import { placeOfWorker, type WorkerShare } from '../workers/worker-share.ts'
import { ServedRevision, type ServingOptions } from './served-revision.ts'

export interface RevisionDirectoryOptions extends Omit<ServingOptions, 'clusterIP'> {
  readonly informers: InformerFactory
  /** This activator's IP, as the public Endpoints of revisions list it. */
  readonly podIP: string
  /** Which of this activator's workers we are. */
  readonly worker: WorkerShare
}

/** Private Endpoints: the revision's pods. */
const privateSelector = `${revisionUIDLabelKey},${serviceTypeKey}=Private`
/** Public Endpoints: whoever serves the revision now, its pods or activators. */
const publicSelector = `${serviceTypeKey}=Public`

/**
 * All Revisions of the cluster, each with its throttler, kept in step with the API. A Revision is here as
 * soon as it exists, so that requests can wait for it before it has any pod.
 */
export class RevisionDirectory {
  readonly #options: ServingOptions
  readonly #podIP: string
  readonly #worker: WorkerShare
  readonly #served = new Map<string, ServedRevision>()
  readonly #pods: Lister<V1Endpoints>
  readonly #servers: Lister<V1Endpoints>
  readonly #privateServices: Lister<V1Service>

  constructor({ informers, podIP, worker, ...serving }: RevisionDirectoryOptions) {
    this.#podIP = podIP
    this.#worker = worker
    this.#options = {
      ...serving,
      clusterIP: (revision, protocol) => this.#clusterIP(revision, protocol),
    }
    const podInformer = informers.informer(endpoints, { labelSelector: privateSelector })
    const serverInformer = informers.informer(endpoints, { labelSelector: publicSelector })
    const revisionInformer = informers.informer(revisions)
    this.#pods = podInformer.lister
    this.#servers = serverInformer.lister
    this.#privateServices = informers.informer(coreServices, { labelSelector: privateSelector }).lister
    revisionInformer.addHandler({
      onAdd: (revision) => this.#add(revision),
      onUpdate: (before, revision) => this.#update(before, revision),
      onDelete: (revision) => this.#remove(revision),
    })
    podInformer.addHandler({
      onAdd: (object) => this.#observePods(object, object),
      onUpdate: (_, object) => this.#observePods(object, object),
      onDelete: (object) => this.#observePods(object, undefined),
    })
    serverInformer.addHandler({
      onAdd: (object) => this.#observeServers(object),
      onUpdate: (_, object) => this.#observeServers(object),
    })
  }

  /** The revision of this name, if there is one. */
  find({ namespace, name }: NamespacedName): ServedRevision | undefined {
    return this.#served.get(`${namespace}/${name}`)
  }

  /** All revisions. */
  all(): Iterable<ServedRevision> {
    return this.#served.values()
  }

  /** Takes over what the autoscaler says of a pod; a revision we don't know yet learns it from Endpoints. */
  podChanged(revision: NamespacedName, dest: string, ready: boolean): void {
    this.find(revision)?.podChanged(dest, ready)
  }

  /** Stops serving; nobody waits any longer. */
  close(): void {
    for (const revision of this.#served.values()) revision.close()
    this.#served.clear()
  }

  #add(object: Revision): void {
    const revision = new ServedRevision(object, this.#options)
    this.#served.set(revision.key, revision)
    const portName = requestPortName(revision.protocol)
    // Until Endpoints says who else serves the revision, it is our workers alone.
    if (this.#worker.count > 1) revision.throttler.updateActivators(this.#worker.index, this.#worker.count)
    revision.observe(
      endpointAddresses(this.#pods.get(revision.namespace, privateServiceName(revision.name)), portName),
    )
    this.#place(revision, this.#servers.get(revision.namespace, revision.name))
  }

  #update(before: Revision, object: Revision): void {
    const served = this.#served.get(keyOfRevision(object))
    if (served && before.metadata.uid === object.metadata.uid) served.update(object)
    else {
      this.#remove(before)
      this.#add(object)
    }
  }

  #remove(object: Revision): void {
    const key = keyOfRevision(object)
    this.#served.get(key)?.close()
    this.#served.delete(key)
  }

  #observePods(object: V1Endpoints, current: V1Endpoints | undefined): void {
    const revision = this.#revisionOf(object)
    revision?.observe(endpointAddresses(current, requestPortName(revision.protocol)))
  }

  #observeServers(object: V1Endpoints): void {
    const revision = this.#revisionOf(object)
    if (revision) this.#place(revision, object)
  }

  #place(revision: ServedRevision, servers: V1Endpoints | undefined): void {
    const position = activatorPosition(servers, requestPortName(revision.protocol), this.#podIP)
    if (!position) return
    const { self, activators } = placeOfWorker(position, this.#worker)
    revision.throttler.updateActivators(self, activators)
  }

  #revisionOf({ metadata }: V1Endpoints): ServedRevision | undefined {
    const name = metadata.labels?.[revisionLabelKey]
    return name ? this.find({ namespace: metadata.namespace ?? '', name }) : undefined
  }

  #clusterIP(revision: NamespacedName, protocol: ProtocolType): string | undefined {
    const service = this.#privateServices.get(revision.namespace, privateServiceName(revision.name))
    const ip = service?.spec?.clusterIP
    const port = service?.spec?.ports?.find((candidate) => candidate.name === requestPortName(protocol))?.port
    return ip && ip !== 'None' && port ? hostPort(ip, port) : undefined
  }
}

function keyOfRevision({ metadata }: Revision): string {
  return keyString({ namespace: metadata.namespace ?? '', name: metadata.name ?? '' })
}
