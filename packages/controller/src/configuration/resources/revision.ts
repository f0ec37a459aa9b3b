import {
  type Configuration,
  configurationGenerationLabelKey,
  configurationLabelKey,
  configurations,
  configurationUIDLabelKey,
  controllerReference,
  creatorAnnotationKey,
  type Revision,
  type RoutingState,
  routesAnnotationKey,
  routingStateLabelKey,
  routingStateModifiedAnnotationKey,
  serviceLabelKey,
  serviceUIDLabelKey,
  updaterAnnotationKey,
} from '@knative-ts/apis'
import { formatRfc3339 } from '../../rfc3339.ts'
import { revisionName } from './names.ts'

/**
 * The Revision of a Configuration's current generation.
 * @param nowMs wall-clock time, milliseconds
 */
export function makeRevision(configuration: Configuration, nowMs: number): Revision {
  const { metadata, spec } = configuration
  const { template } = spec
  const routes = metadata.annotations?.[routesAnnotationKey]
  const routingState: RoutingState = routes === undefined ? 'pending' : 'active'
  return {
    metadata: {
      name: revisionName(configuration),
      namespace: metadata.namespace,
      labels: {
        ...template.metadata?.labels,
        [configurationLabelKey]: metadata.name ?? '',
        [configurationGenerationLabelKey]: String(metadata.generation ?? 0),
        [configurationUIDLabelKey]: metadata.uid ?? '',
        ...nonEmpty(metadata.labels, serviceLabelKey),
        ...nonEmpty(metadata.labels, serviceUIDLabelKey),
        [routingStateLabelKey]: routingState,
      },
      annotations: {
        ...template.metadata?.annotations,
        [routingStateModifiedAnnotationKey]: formatRfc3339(nowMs),
        ...renamed(metadata.annotations, updaterAnnotationKey, creatorAnnotationKey),
        ...renamed(metadata.annotations, routesAnnotationKey, routesAnnotationKey),
      },
      ownerReferences: [controllerReference(configurations, configuration)],
    },
    spec: template.spec,
  }
}

function nonEmpty(map: Record<string, string> | undefined, key: string): Record<string, string> {
  const value = map?.[key]
  return value ? { [key]: value } : {}
}

function renamed(map: Record<string, string> | undefined, from: string, to: string): Record<string, string> {
  const value = map?.[from]
  return value === undefined ? {} : { [to]: value }
}
