import {
  certificates,
  configurations,
  type DefaultingContext,
  domainMappings,
  type FieldErrors,
  ingresses,
  type KubeObject,
  metrics,
  podAutoscalers,
  type ResourceType,
  revisions,
  routes,
  serverlessServices,
  services,
  setConfigurationDefaults,
  setDomainMappingDefaults,
  setIngressDefaults,
  setPodAutoscalerDefaults,
  setRevisionDefaults,
  setRouteDefaults,
  setServiceDefaults,
  type ValidationContext,
  validateCertificate,
  validateConfiguration,
  validateDomainMapping,
  validateIngress,
  validateMetric,
  validatePodAutoscaler,
  validateRevision,
  validateRoute,
  validateServerlessService,
  validateService,
} from '@knative-ts/apis'
import type { Decoder } from '../typed-model/decode.ts'
import {
  certificateModel,
  ingressModel,
  metricModel,
  podAutoscalerModel,
  serverlessServiceModel,
} from '../typed-model/internal-models.ts'
import {
  configurationModel,
  domainMappingModel,
  revisionModel,
  routeModel,
  serviceModel,
} from '../typed-model/serving-models.ts'
import type { GroupVersionKind } from './review.ts'

/** What the webhook knows of a kind. */
export interface AdmittedKind<T extends KubeObject = KubeObject> {
  readonly type: ResourceType<T>
  readonly model: Decoder
  /** Fills in what the object leaves open, in place. `stored` is the old object, with defaults. */
  setDefaults(object: T, context: DefaultingContext, stored?: T): void
  /** `stored` is the old object as it is. */
  validate(object: T, context: ValidationContext, stored?: T): FieldErrors
}

function admitted<T extends KubeObject & { spec: unknown }>(
  type: ResourceType<T>,
  model: Decoder,
  setDefaults: AdmittedKind<T>['setDefaults'],
  validate: AdmittedKind<T>['validate'],
): AdmittedKind {
  const complete = (object: KubeObject): T => {
    const typed = object as T
    typed.metadata ??= {}
    typed.spec ??= {}
    return typed
  }
  return {
    type,
    model,
    setDefaults: (object, context, stored) =>
      setDefaults(complete(object), context, stored && complete(stored)),
    validate: (object, context, stored) => validate(complete(object), context, stored && complete(stored)),
  }
}

const noDefaults = () => {}

const kinds: readonly AdmittedKind[] = [
  admitted(services, serviceModel, setServiceDefaults, validateService),
  admitted(configurations, configurationModel, setConfigurationDefaults, validateConfiguration),
  admitted(routes, routeModel, setRouteDefaults, validateRoute),
  admitted(revisions, revisionModel, setRevisionDefaults, validateRevision),
  admitted(domainMappings, domainMappingModel, setDomainMappingDefaults, validateDomainMapping),
  admitted(podAutoscalers, podAutoscalerModel, setPodAutoscalerDefaults, validatePodAutoscaler),
  admitted(metrics, metricModel, noDefaults, validateMetric),
  admitted(ingresses, ingressModel, setIngressDefaults, validateIngress),
  admitted(certificates, certificateModel, noDefaults, validateCertificate),
  admitted(serverlessServices, serverlessServiceModel, noDefaults, validateServerlessService),
]

const byKind = new Map(kinds.map((kind) => [keyOf(kind.type), kind]))

/** Types of all kinds that the webhook admits. */
export const admittedTypes: readonly ResourceType[] = kinds.map(({ type }) => type)

/** What the webhook knows of a kind; undefined if it is not one of its kinds. */
export function admittedKind(kind: GroupVersionKind): AdmittedKind | undefined {
  return byKind.get(keyOf(kind))
}

function keyOf({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`
}
