import {
  keyString,
  pods as podsType,
  revisionLabelKey,
  revisionUIDLabelKey,
  type V1Pod,
} from '@knative-ts/apis'
import type { Informer, InformerFactory } from '@knative-ts/kube'
import type { PodReporter } from '@knative-ts/stats/server'

const byRevision = 'revision'

/** A revision's pods by state, as the PodAutoscaler's status counts them. */
export interface PodCounts {
  readonly ready: number
  /** Includes pending and terminating ones. */
  readonly notReady: number
  readonly pending: number
  readonly terminating: number
}

/** The pods of revisions. Keys are `namespace/revision`. */
export class RevisionPods {
  readonly #informer: Informer<V1Pod>

  constructor(informers: InformerFactory) {
    this.#informer = informers.informer(podsType, { labelSelector: revisionUIDLabelKey })
    this.#informer.addIndex(byRevision, (pod) => {
      const key = revisionKeyOf(pod)
      return key === undefined ? [] : [key]
    })
  }

  /** Calls `onChange` with the revision of every pod that comes, changes or goes. */
  onChange(onChange: (key: string) => void): void {
    const notify = (pod: V1Pod) => {
      const key = revisionKeyOf(pod)
      if (key !== undefined) onChange(key)
    }
    this.#informer.addHandler({ onAdd: notify, onUpdate: (_, after) => notify(after), onDelete: notify })
  }

  /** Pods that are running, ready and not on their way out. */
  ready(key: string): V1Pod[] {
    return this.#of(key).filter(isReady)
  }

  readyCount(key: string): number {
    let count = 0
    for (const pod of this.#of(key)) if (isReady(pod)) count++
    return count
  }

  /** Pods that have not ended, ready or not. */
  count(key: string): number {
    return this.#of(key).filter((pod) => isLive(pod)).length
  }

  /**
   * Whether the reporter is a pod of the revision that is not on its way out: by its IP, or, as long as the API doesn't
   * know that pod's IP, by its UID, which only the pod itself and those who may read pods know.
   */
  includes(key: string, { podName, podUid, ip }: PodReporter): boolean {
    return this.#of(key).some((pod) => {
      if (!isLive(pod)) return false
      const ips = podIps(pod)
      if (ips.length > 0) return ips.includes(ip)
      return podUid !== '' && pod.metadata.uid === podUid && pod.metadata.name === podName
    })
  }

  counts(key: string): PodCounts {
    let ready = 0
    let notReady = 0
    let pending = 0
    let terminating = 0
    for (const pod of this.#of(key)) {
      const phase = pod.status?.phase
      if (phase === 'Pending') {
        pending++
        notReady++
      } else if (phase === 'Running' && pod.metadata.deletionTimestamp) {
        terminating++
        notReady++
      } else if (phase === 'Running') {
        if (isReady(pod)) ready++
        else notReady++
      }
    }
    return { ready, notReady, pending, terminating }
  }

  #of(key: string): V1Pod[] {
    return this.#informer.lister.byIndex(byRevision, key)
  }
}

function revisionKeyOf(pod: V1Pod): string | undefined {
  const revision = pod.metadata.labels?.[revisionLabelKey]
  return revision === undefined
    ? undefined
    : keyString({ namespace: pod.metadata.namespace ?? '', name: revision })
}

function podIps({ status }: V1Pod): string[] {
  return [status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)].flatMap((ip) => ip || [])
}

function isLive(pod: V1Pod): boolean {
  const phase = pod.status?.phase
  return !pod.metadata.deletionTimestamp && phase !== 'Succeeded' && phase !== 'Failed'
}

function isReady(pod: V1Pod): boolean {
  return (
    pod.status?.phase === 'Running' &&
    !pod.metadata.deletionTimestamp &&
    pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
  )
}
