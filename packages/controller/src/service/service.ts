import {
  conditionOf,
  type KubeObject,
  markRevisionNameTaken,
  markRouteNotYetReady,
  markServiceConfigurationNotReconciled,
  markServiceRouteNotReconciled,
  propagateConfigurationStatus,
  propagateRouteStatus,
  type Service,
  type StatusBase,
  serviceConditionRoutesReady,
} from '@knative-ts/apis'
import { done, type KindReconciler, type Outcome } from '@knative-ts/reconciler'
import { namedRevision } from '../configuration/named-revision.ts'
import { statusOf } from '../status-of.ts'
import { trafficMigrated } from './decide.ts'
import type { ServicePorts } from './ports.ts'
import { reconcileConfiguration, reconcileRoute } from './reconcile-resources.ts'

/** Keeps one Configuration and one Route per Service and reports how they fare. */
export class ServiceReconciler implements KindReconciler<Service> {
  readonly #ports: ServicePorts

  constructor(ports: ServicePorts) {
    this.#ports = ports
  }

  async reconcileKind(service: Service): Promise<Outcome> {
    const status = statusOf(service)
    const { revisions } = this.#ports

    const configuration = await reconcileConfiguration(this.#ports, service)
    if (isObserved(configuration)) {
      propagateConfigurationStatus(status, configuration.status)
    } else {
      markServiceConfigurationNotReconciled(status)
      // With a revision name given by the user, traffic must not move before the name is known to be ours.
      if (configuration.spec.template.metadata?.name) return done
    }

    const named = namedRevision(configuration, (namespace, name) => revisions.get(namespace, name))
    if (named.kind === 'taken') {
      markRevisionNameTaken(status, named.name)
      return done
    }

    const route = await reconcileRoute(this.#ports, service)
    if (isObserved(route)) propagateRouteStatus(status, route.status)
    else markServiceRouteNotReconciled(status)

    if (
      conditionOf(status, serviceConditionRoutesReady)?.status === 'True' &&
      !trafficMigrated(route, configuration)
    ) {
      markRouteNotYetReady(status)
    }
    return done
  }
}

function isObserved(object: KubeObject & { status?: StatusBase }): boolean {
  return (object.status?.observedGeneration ?? 0) === (object.metadata.generation ?? 0)
}
