/** Where a revision can be reached now. */
export interface Backends {
  /** `ip:port` of the revision's private Service, if pods can't be reached one by one. */
  readonly clusterIP: string | undefined
  /** `ip:port` of each usable pod; with a cluster IP, of each pod that Kubernetes reports ready. */
  readonly pods: ReadonlySet<string>
}

/** Nowhere: the revision is scaled to zero or not up yet. */
export const noBackends: Backends = { clusterIP: undefined, pods: new Set() }
