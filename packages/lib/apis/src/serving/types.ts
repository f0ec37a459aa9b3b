import type { StatusBase } from '../conditions/condition.ts'
import type { V1PodSpec } from '../core/types.ts'
import type { KubeObject, ObjectMeta } from '../meta.ts'

/** Where a resource can be reached. */
export interface Addressable {
  name?: string
  url?: string
  CACerts?: string
  audience?: string
}

export interface TrafficTarget {
  tag?: string
  revisionName?: string
  configurationName?: string
  latestRevision?: boolean
  percent?: number
  url?: string
}

/** A pod spec (the allowed subset) with Knative's own fields inline. Durations in seconds. */
export interface RevisionSpec extends V1PodSpec {
  containerConcurrency?: number
  timeoutSeconds?: number
  responseStartTimeoutSeconds?: number
  idleTimeoutSeconds?: number
}

export interface RevisionTemplateSpec {
  metadata?: ObjectMeta
  spec: RevisionSpec
}

export interface ConfigurationSpec {
  template: RevisionTemplateSpec
}

export interface ConfigurationStatusFields {
  latestReadyRevisionName?: string
  latestCreatedRevisionName?: string
}

export interface RouteSpec {
  traffic?: TrafficTarget[]
}

export interface RouteStatusFields {
  url?: string
  address?: Addressable
  traffic?: TrafficTarget[]
}

export interface ContainerImageStatus {
  name?: string
  imageDigest?: string
}

export interface RevisionStatus extends StatusBase {
  logUrl?: string
  containerStatuses?: ContainerImageStatus[]
  initContainerStatuses?: ContainerImageStatus[]
  actualReplicas?: number
  desiredReplicas?: number
}

export type ConfigurationStatus = StatusBase & ConfigurationStatusFields
export type RouteStatus = StatusBase & RouteStatusFields
export type ServiceStatus = StatusBase & ConfigurationStatusFields & RouteStatusFields

export interface Service extends KubeObject {
  spec: ConfigurationSpec & RouteSpec
  status?: ServiceStatus
}

export interface Configuration extends KubeObject {
  spec: ConfigurationSpec
  status?: ConfigurationStatus
}

export interface Route extends KubeObject {
  spec: RouteSpec
  status?: RouteStatus
}

export interface Revision extends KubeObject {
  spec: RevisionSpec
  status?: RevisionStatus
}

export interface DomainMapping extends KubeObject {
  spec: {
    ref: {
      kind?: string
      namespace?: string
      name?: string
      apiVersion?: string
      group?: string
      address?: string
    }
    tls?: { secretName: string }
  }
  status?: StatusBase & { url?: string; address?: Addressable }
}
