import { randomUUID } from 'node:crypto'
import {
  certificateUIDLabelKey,
  conditionOf,
  type Ingress,
  ingresses,
  keyOf,
  pods,
  setIngressDefaults,
} from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { followLogLevel } from '@knative-ts/config'
import { type EventRecorder, InformerFactory, type KubeClient, type Lister } from '@knative-ts/kube'
import type { LevelSwitch, Logger } from '@knative-ts/observability'
import { alwaysLeader, Controller, ResourceReconciler } from '@knative-ts/reconciler'
import { SnapshotCache, XdsServer } from '@knative-ts/xds'
import { Dependencies } from './gateway/dependencies.ts'
import { GatewayState } from './gateway/gateway-state.ts'
import { IngressGateway } from './gateway/ingress-gateway.ts'
import { readyAddresses } from './ingress/backend.ts'
import { bucketLeadership } from './leader-election.ts'
import { type KourierConfigStore, loadConfig } from './load-config.ts'
import type { GatewayMetrics } from './metrics.ts'
import { httpProbe } from './prober/http-probe.ts'
import { StatusProber } from './prober/status-prober.ts'
import { InformerView } from './reconciler/informer-view.ts'
import { isKourierIngress } from './reconciler/ingress-class.ts'
import {
  domainConflictReason,
  ingressConditions,
  loadBalancerReady,
  networkConfigured,
} from './reconciler/ingress-conditions.ts'
import { IngressKind, ingressFinalizer } from './reconciler/ingress-kind.ts'
import { IngressReconciler } from './reconciler/ingress-reconciler.ts'
import {
  gatewayLoadBalancers,
  gatewayPodSelector,
  privateGatewayService,
} from './reconciler/load-balancers.ts'
import { refusedIngresses } from './reconciler/refused-ingresses.ts'
import { SingleCertificates } from './reconciler/single-certificates.ts'
import { onAnyChange, watchDependencies } from './reconciler/watch-dependencies.ts'

/** Name of this process in the keys of config-logging. */
export const component = 'net-kourier-controller'

export interface KourierOptions {
  readonly client: KubeClient
  readonly clock: Clock
  readonly logger: Logger
  /** Kept at what config-logging says. */
  readonly level: LevelSwitch
  readonly events: EventRecorder
  readonly metrics: GatewayMetrics
  readonly env: Readonly<Record<string, string | undefined>>
  readonly systemNamespace: string
  readonly gatewayNamespace: string
  readonly clusterDomain: string
  readonly listenAddress: string
  /** 0 means any free port. */
  readonly xdsPort: number
}

export interface RunningKourier {
  /** Port that gateways connect to. */
  readonly xdsPort: number
  /** Resolves when everything has ended after the signal. */
  readonly finished: Promise<void>
}

const unsettledIndex = 'unsettled'
const unsettled = 'yes'

/**
 * Starts the controller. The port opens only after everything that gateways served before is known again, so
 * that one that reconnects never gets half of it; only then does reconciling begin.
 * @throws ConfigTimeoutError or XdsListenError
 */
export async function startKourier(options: KourierOptions, signal: AbortSignal): Promise<RunningKourier> {
  const { client, clock, logger, level, events, metrics, env, systemNamespace, gatewayNamespace } = options
  const informers = new InformerFactory({ client, clock, logger })
  informers.start(signal)
  const config = await loadConfig({ informers, clock, logger, systemNamespace, env }, signal)
  followLogLevel(config, level, component, logger)

  const cache = new SnapshotCache(randomUUID())
  const state = new GatewayState({ cache, clock, config: config.snapshot().kourier })
  const certificates = new SingleCertificates({ informers, state, logger, systemNamespace })
  const ingressInformer = informers.informer(ingresses)
  ingressInformer.addIndex(unsettledIndex, (ingress) => (isUnsettled(ingress) ? [unsettled] : []))
  const ours = () => ingressInformer.lister.list().filter(isKourierIngress)
  const view = new InformerView({
    informers,
    systemNamespace,
    secretSelector:
      env['ENABLE_SECRET_INFORMER_FILTERING_BY_CERT_UID'] === 'true' ? certificateUIDLabelKey : undefined,
  })
  const gatewayPods = informers.informer(pods, {
    namespace: gatewayNamespace,
    labelSelector: gatewayPodSelector,
  })
  const dependencies = new Dependencies()
  const gateway = new IngressGateway({
    state,
    dependencies,
    view,
    systemNamespace,
    settings: () => settingsOf(config),
    redirectsDisabled: env['KOURIER_HTTPOPTION_DISABLED'] !== undefined,
    onSkippedCertificate: (source, problem) =>
      logger.warn(`${source} is left out of the trust chain: it ${problem}`),
  })
  const prober = new StatusProber({
    clock,
    gatewayAddresses: () => readyAddresses(view.endpointSlices(gatewayNamespace, privateGatewayService)),
    probe: httpProbe((target, podIP, reason) =>
      logger.warn('a probe proves nothing and counts as passed', { host: target.host, podIP, reason }),
    ),
    onReady: (key) => controller.enqueueKey(key),
    ...retryCap(env['PROBE_MAX_RETRY_DELAY_SECONDS']),
  })
  const onGone = (key: string) => {
    prober.cancel(key)
    gateway.withdraw(key)
    for (const ingress of ingressInformer.lister.byIndex(unsettledIndex, unsettled))
      controller.enqueue(ingress)
  }
  const leadership = await bucketLeadership({
    client,
    clock,
    logger,
    namespace: systemNamespace,
    env,
    onPromote: () => controller.globalResync(ours()),
  })
  const controller = new Controller({
    name: 'ingress',
    clock,
    logger,
    leadership: alwaysLeader,
    reconciler: new IngressReconciler({
      lister: ingressInformer.lister,
      leadership,
      gateway,
      setDefaults: setIngressDefaults,
      onGone,
      leader: new ResourceReconciler<Ingress>({
        client,
        clock,
        events,
        type: ingresses,
        lister: ingressInformer.lister,
        conditions: ingressConditions,
        setDefaults: setIngressDefaults,
        finalizer: ingressFinalizer,
        kind: new IngressKind({
          gateway,
          prober,
          loadBalancers: gatewayLoadBalancers(gatewayNamespace, options.clusterDomain),
          onDeleted: onGone,
        }),
      }),
    }),
  })

  state.publishAll()
  await Promise.all([informers.synced(), certificates.follow(config.snapshot().kourier)])
  restore(ingressInformer.lister, gateway, logger)

  const server = new XdsServer({
    cache,
    clock,
    logger,
    onPush: (typeUrl) => metrics.pushed(typeUrl),
    onStreams: (open) => metrics.streams(open),
    onRefusal: (refusal) => {
      metrics.refused(refusal.typeUrl)
      for (const key of refusedIngresses(refusal, dependencies, ours())) controller.enqueueKey(key)
    },
  })
  const xdsPort = await server.listen(options.listenAddress, options.xdsPort)

  watchDependencies(view, dependencies, (key) => controller.enqueueKey(key))
  view.bundles.addHandler(onAnyChange(() => controller.globalResync(ours())))
  gatewayPods.addHandler({
    onDelete: (pod) => {
      for (const { ip } of pod.status?.podIPs ?? []) prober.cancelGateway(ip)
      if (pod.status?.podIP) prober.cancelGateway(pod.status.podIP)
    },
  })
  ingressInformer.addHandler({
    onAdd: (ingress) => {
      if (isKourierIngress(ingress)) controller.enqueue(ingress)
    },
    onUpdate: (before, after) => {
      if (isKourierIngress(before) || isKourierIngress(after)) controller.enqueue(after)
    },
    onDelete: (ingress) => {
      if (isKourierIngress(ingress)) controller.enqueue(ingress)
    },
  })
  config.onChange((changed) => {
    if (changed === 'logging') return
    if (changed === 'kourier') {
      state.setConfig(config.snapshot().kourier)
      certificates.follow(config.snapshot().kourier).catch((error: unknown) => {
        logger.error('cannot read the Secrets that config-kourier names', { error })
      })
    }
    controller.globalResync(ours())
  })

  const finished = Promise.all([controller.run(signal), leadership.run(signal)]).then(async () => {
    prober.close()
    state.close()
    await server.close()
  })
  return { xdsPort, finished }
}

/** What gateways served before this process started; the oldest Ingress keeps a contested host. */
function restore(lister: Lister<Ingress>, gateway: IngressGateway, logger: Logger): void {
  const served = lister
    .list()
    .filter(isKourierIngress)
    .filter((ingress) => !ingress.metadata.deletionTimestamp)
    .filter(({ status }) => conditionOf(status, networkConfigured)?.status === 'True')
    .sort((a, b) => ageRank(a).localeCompare(ageRank(b)))
  for (const ingress of served) {
    const object = structuredClone(ingress)
    setIngressDefaults(object)
    try {
      gateway.serve(object)
    } catch (error) {
      logger.error('an Ingress cannot be served as before', { error, 'knative.dev/key': keyOf(ingress) })
    }
  }
}

function ageRank({ metadata }: Ingress): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.namespace}/${metadata.name}`
}

/** Waiting for a host, or for a first look. */
function isUnsettled(ingress: Ingress): boolean {
  if (!isKourierIngress(ingress)) return false
  const condition = conditionOf(ingress.status, loadBalancerReady)
  return condition === undefined || condition.reason === domainConflictReason
}

function settingsOf(config: KourierConfigStore) {
  const { kourier, network } = config.snapshot()
  return { config: kourier, systemInternalTLS: network.systemInternalTLS }
}

function retryCap(seconds: string | undefined): { maxRetryDelayMs?: number } {
  return seconds !== undefined && /^[1-9]\d*$/.test(seconds)
    ? { maxRetryDelayMs: Number(seconds) * 1000 }
    : {}
}
