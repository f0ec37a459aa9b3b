import type * as k8s from '@kubernetes/client-node'
import type { KubeObject, ObjectMeta } from '../meta.ts'

/** A client-node model as it looks on the wire: dates are strings. */
export type Wire<T> = T extends Date
  ? string
  : T extends (infer U)[]
    ? Wire<U>[]
    : T extends object
      ? { [K in keyof T]: Wire<T[K]> }
      : T

type Model<T> = Omit<Wire<T>, 'metadata' | 'apiVersion' | 'kind'> & KubeObject

export type V1Namespace = Model<k8s.V1Namespace>
export type V1Pod = Model<k8s.V1Pod>
export type V1PodSpec = Wire<k8s.V1PodSpec>
export type V1PodTemplateSpec = Omit<Wire<k8s.V1PodTemplateSpec>, 'metadata'> & { metadata?: ObjectMeta }
export type V1Container = Wire<k8s.V1Container>
export type V1ContainerStatus = Wire<k8s.V1ContainerStatus>
export type V1ContainerPort = Wire<k8s.V1ContainerPort>
export type V1EnvVar = Wire<k8s.V1EnvVar>
export type V1Probe = Wire<k8s.V1Probe>
export type V1Volume = Wire<k8s.V1Volume>
export type V1VolumeMount = Wire<k8s.V1VolumeMount>
export type V1ResourceRequirements = Wire<k8s.V1ResourceRequirements>
export type V1Service = Model<k8s.V1Service>
export type V1ServicePort = Wire<k8s.V1ServicePort>
export type V1Endpoints = Model<k8s.V1Endpoints>
export type V1EndpointSubset = Wire<k8s.V1EndpointSubset>
export type V1EndpointSlice = Model<k8s.V1EndpointSlice>
export type V1ConfigMap = Model<k8s.V1ConfigMap>
export type V1Secret = Model<k8s.V1Secret>
export type V1ServiceAccount = Model<k8s.V1ServiceAccount>
export type V1Node = Model<k8s.V1Node>
export type V1Event = Model<k8s.CoreV1Event>
export type V1Deployment = Model<Omit<k8s.V1Deployment, 'spec'>> & {
  spec?: Omit<Wire<k8s.V1DeploymentSpec>, 'template'> & { template: V1PodTemplateSpec }
}
export type V1ReplicaSet = Model<Omit<k8s.V1ReplicaSet, 'spec'>> & {
  spec?: Omit<Wire<k8s.V1ReplicaSetSpec>, 'template'> & { template?: V1PodTemplateSpec }
}
export type V1Job = Model<Omit<k8s.V1Job, 'spec'>> & {
  spec?: Omit<Wire<k8s.V1JobSpec>, 'template'> & { template: V1PodTemplateSpec }
}
export type V1Lease = Model<k8s.V1Lease>
export type V1MutatingWebhookConfiguration = Model<k8s.V1MutatingWebhookConfiguration>
export type V1ValidatingWebhookConfiguration = Model<k8s.V1ValidatingWebhookConfiguration>
export type V1CustomResourceDefinition = Model<k8s.V1CustomResourceDefinition>
export type V1HorizontalPodAutoscaler = Model<k8s.V2HorizontalPodAutoscaler>
export type V1LabelSelector = Wire<k8s.V1LabelSelector>
