import {
  controllerReference,
  lastAppliedAnnotationKey,
  type Route,
  type Service,
  serviceLabelKey,
  services,
  type TrafficTarget,
} from '@knative-ts/apis'
import { withoutKeys } from '../../without-keys.ts'
import { configurationName, routeName } from './names.ts'

/** The Route of a Service: its traffic, where targets without a revision mean its own Configuration. */
export function makeRoute(service: Service): Route {
  const { name = '', namespace, labels, annotations } = service.metadata
  const traffic = (service.spec.traffic ?? []).map(
    (target): TrafficTarget =>
      target.revisionName ? target : { ...target, configurationName: configurationName(name) },
  )
  return {
    metadata: {
      name: routeName(name),
      namespace,
      labels: { ...labels, [serviceLabelKey]: name },
      annotations: withoutKeys(annotations, [lastAppliedAnnotationKey]),
      ownerReferences: [controllerReference(services, service)],
    },
    spec: { traffic },
  }
}
