import {
  conditionOf,
  configurations,
  markIngressNotConfigured,
  markIngressRolloutInProgress,
  markTrafficAssigned,
  markTrafficFailed,
  markTrafficPending,
  propagateIngressReady,
  type Route,
  type RouteStatus,
  revisions,
} from '@knative-ts/apis'
import { againAfter, done, type KindReconciler, type Outcome } from '@knative-ts/reconciler'
import { DomainInvalidError } from '../errors.ts'
import { statusOf } from '../status-of.ts'
import type { RouteConfig } from './config.ts'
import { hostsOfRoute, type TagHosts } from './domains.ts'
import type { RoutePorts } from './ports.ts'
import { reconcileCertificates } from './reconcile-certificates.ts'
import { reconcilePlaceholders, updatePlaceholders } from './reconcile-placeholders.ts'
import { isIngressObserved, planIngress, reconcileIngress } from './reconcile-resources.ts'
import type { RolloutPlan } from './rollout/plan-rollout.ts'
import { rolloutInProgress } from './rollout/rollout.ts'
import { defaultGroup, type ResolvedTraffic, resolveTraffic } from './traffic/resolve-traffic.ts'
import { statusTraffic } from './traffic/status-traffic.ts'

/** Turns a Route's targets into an Ingress, and gives its hosts a name inside the cluster. */
export class RouteReconciler implements KindReconciler<Route> {
  readonly #ports: RoutePorts

  constructor(ports: RoutePorts) {
    this.#ports = ports
  }

  async reconcileKind(route: Route): Promise<Outcome> {
    const status = statusOf<RouteStatus>(route)
    const config = this.#ports.config()
    if ((status.observedGeneration ?? 0) !== (route.metadata.generation ?? 0)) {
      markIngressNotConfigured(status)
    }

    const traffic = this.#resolveTraffic(route)
    const hosts = this.#hosts(route, config)
    const secureSoFar = hostsWithTLS(status)
    let urlOf = urls(hosts, config, secureSoFar)
    status.url = urlOf(defaultGroup)
    this.#track(route, traffic)
    if (traffic.problem) {
      // The Ingress stays as it is and keeps serving what it served.
      const { isFailure, reason, message } = traffic.problem
      if (isFailure) markTrafficFailed(status, reason, message)
      else markTrafficPending(status, reason, message)
      return done
    }
    const { localHost } = hosts.get(defaultGroup)!
    // Planned before anything can fail, so that a pass that ends early doesn't report the end of a rollout.
    const planned = planIngress(this.#ports, route, config, traffic)
    const { rollout } = planned.plan
    status.traffic = statusTraffic(traffic.targets, rollout, urlOf)
    markTrafficAssigned(status)
    status.address = { url: addressOf(localHost, secureSoFar) }

    const services = await reconcilePlaceholders(this.#ports, route, hosts.values())

    const { tls, challenges, secureHosts } = await reconcileCertificates(this.#ports, route, config, hosts)
    urlOf = urls(hosts, config, secureHosts)
    status.url = urlOf(defaultGroup)
    status.traffic = statusTraffic(traffic.targets, rollout, urlOf)
    status.address = { url: addressOf(localHost, secureHosts) }

    const ingress = await reconcileIngress(this.#ports, route, config, planned, {
      traffic,
      hosts,
      tls,
      challenges,
    })
    const rolling = rolloutInProgress(rollout)
    if (!isIngressObserved(ingress)) markIngressNotConfigured(status)
    else if (!rolling) propagateIngressReady(status, conditionOf(ingress.status, 'Ready'))

    await updatePlaceholders(this.#ports, route, services, ingress)

    if (rolling) markIngressRolloutInProgress(status)
    return this.#untilNextStep(planned.plan)
  }

  #resolveTraffic(route: Route): ResolvedTraffic {
    const { namespace = '' } = route.metadata
    return resolveTraffic(route, {
      configuration: (name) => this.#ports.configurations.get(namespace, name),
      revision: (name) => this.#ports.revisions.get(namespace, name),
    })
  }

  #hosts(route: Route, config: RouteConfig): Map<string, TagHosts> {
    const { namespace = '' } = route.metadata
    try {
      return hostsOfRoute(route, config, (name) => this.#ports.placeholders.get(namespace, name))
    } catch (error) {
      if (error instanceof DomainInvalidError) {
        markTrafficFailed(statusOf(route), 'ErrorConfig', error.message)
      }
      throw error
    }
  }

  /** Whatever the targets name wakes this Route when it changes, also if it does not exist yet. */
  #track(route: Route, traffic: ResolvedTraffic): void {
    const { namespace = '' } = route.metadata
    const { tracker } = this.#ports
    for (const name of traffic.configurations) tracker.track(route, configurations, { namespace, name })
    for (const name of traffic.revisions) tracker.track(route, revisions, { namespace, name })
  }

  #untilNextStep({ nextStepTimeNs }: RolloutPlan): Outcome {
    if (nextStepTimeNs === undefined) return done
    return againAfter(Math.max(0, Math.ceil(nextStepTimeNs / 1e6 - this.#ports.clock.now())))
  }
}

/** Hosts that the status calls by https; they stay so until their certificates have been looked at again. */
function hostsWithTLS({ url, address, traffic = [] }: Partial<RouteStatus>): Set<string> {
  const hosts = new Set<string>()
  for (const known of [url, address?.url, ...traffic.map((target) => target.url)]) {
    if (known?.startsWith('https://')) hosts.add(known.slice('https://'.length))
  }
  return hosts
}

function addressOf(localHost: string, secureHosts: ReadonlySet<string>): string {
  return `${secureHosts.has(localHost) ? 'https' : 'http'}://${localHost}`
}

/** URL of a tag by which users reach it. */
function urls(
  hosts: ReadonlyMap<string, TagHosts>,
  { network }: RouteConfig,
  secureHosts: ReadonlySet<string>,
): (tag: string) => string {
  return (tag) => {
    const { host, visibility } = hosts.get(tag)!
    if (secureHosts.has(host)) return `https://${host}`
    return `${visibility === 'ExternalIP' ? network.defaultExternalScheme : 'http'}://${host}`
  }
}
