import {
  type Configuration,
  controllerReference,
  lastAppliedAnnotationKey,
  rolloutDurationAnnotationKeys,
  routesAnnotationKey,
  type Service,
  serviceLabelKey,
  services,
  serviceUIDLabelKey,
} from '@knative-ts/apis'
import { formatCommaList, parseCommaList } from '../../comma-list.ts'
import { withoutKeys } from '../../without-keys.ts'
import { configurationName, routeName } from './names.ts'

const notInherited = [lastAppliedAnnotationKey, ...rolloutDurationAnnotationKeys]

/**
 * The Configuration of a Service.
 * @param existing the one that is there now; routes that it already lists stay listed
 */
export function makeConfiguration(service: Service, existing?: Configuration): Configuration {
  const { name = '', namespace, uid = '', labels, annotations } = service.metadata
  const routes = parseCommaList(existing?.metadata.annotations?.[routesAnnotationKey]).add(routeName(name))
  return {
    metadata: {
      name: configurationName(name),
      namespace,
      labels: { ...labels, [serviceLabelKey]: name, [serviceUIDLabelKey]: uid },
      annotations: {
        ...withoutKeys(annotations, notInherited),
        [routesAnnotationKey]: formatCommaList(routes),
      },
      ownerReferences: [controllerReference(services, service)],
    },
    spec: { template: service.spec.template },
  }
}
