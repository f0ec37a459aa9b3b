import type { StatusBase } from '../conditions/condition.ts'
import type { KubeObject } from '../meta.ts'

export type ProtocolType = 'http1' | 'h2c'
export type Reachability = '' | 'Reachable' | 'Unreachable'

export interface ObjectRef {
  apiVersion: string
  kind: string
  name: string
}

export interface PodAutoscaler extends KubeObject {
  spec: {
    containerConcurrency?: number
    scaleTargetRef: ObjectRef
    reachability?: Reachability
    protocolType: ProtocolType
  }
  status?: PodAutoscalerStatus
}

export interface PodAutoscalerStatus extends StatusBase {
  /** Always on the wire, possibly empty. */
  serviceName: string
  /** Always on the wire, possibly empty. */
  metricsServiceName: string
  desiredScale?: number
  actualScale?: number
}

export interface Metric extends KubeObject {
  spec: {
    /** Nanoseconds. */
    stableWindow: number
    /** Nanoseconds. */
    panicWindow: number
    /** Service to scrape; empty means nothing is scraped. */
    scrapeTarget: string
  }
  status?: StatusBase
}
