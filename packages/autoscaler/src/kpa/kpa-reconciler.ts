import {
  autoscalingAnnotations,
  type Condition,
  conditionAgeMs,
  conditionOf,
  initialScaleOf,
  keyOf,
  keyString,
  type Metric,
  markSKSNotReady,
  markSKSReady,
  metrics,
  type NamespacedName,
  type PodAutoscaler,
  podAutoscalerConditionActive,
  podAutoscalerConditionScaleTargetInitialized,
  type ServerlessService,
  type ServerlessServiceMode,
  scaleBounds,
  serverlessServiceConditionActivatorEndpointsPopulated,
  serverlessServiceConditions,
} from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { AutoscalerConfig } from '@knative-ts/config'
import type { KubeClient, Lister } from '@knative-ts/kube'
import { againAfter, done, type KindReconciler, type Outcome } from '@knative-ts/reconciler'
import {
  type PodAutoscalerWithStatus,
  withStatus,
  writeOwnedObject,
  writeServerlessService,
} from '@knative-ts/reconciler/pod-autoscaler'
import type { PodCounts, RevisionPods } from '../revision-pods.ts'
import { activatorCount, minActivators } from '../scaling/activator-count.ts'
import { type DeciderStatus, undecided } from '../scaling/decider.ts'
import { type DeciderSpec, deciderSpec } from '../scaling/decider-spec.ts'
import type { Deciders } from '../scaling/deciders.ts'
import type { ActivatorProbes } from './activator-probes.ts'
import { desiredMetric } from './desired-metric.ts'
import { applyScaleOutcome } from './pod-autoscaler-status.ts'
import { scaleStep } from './scale-step.ts'
import type { ScaleTargets } from './scale-target.ts'
import { zeroGate } from './zero-gate.ts'

/** Configuration that one pass works with. */
export interface KpaConfig {
  readonly autoscaler: AutoscalerConfig
  readonly progressDeadlineMs: number
}

export interface KpaReconcilerOptions {
  client: KubeClient
  clock: Clock
  serverlessServices: Lister<ServerlessService>
  metrics: Lister<Metric>
  pods: Pick<RevisionPods, 'counts'>
  deciders: Pick<Deciders, 'ensure' | 'delete'>
  probes: Pick<ActivatorProbes, 'once' | 'keepProbing'>
  targets: Pick<ScaleTargets, 'apply'>
  config: () => KpaConfig
  /** Told what each pass wanted and found, for metrics. */
  onScaled?: (pa: PodAutoscaler, want: number, counts: PodCounts) => void
  /** The PodAutoscaler is gone. */
  onDeleted?: (key: string) => void
}

interface ScaleResult {
  want: number
  recheckAfterMs?: number
}

const noPods: PodCounts = { ready: 0, notReady: 0, pending: 0, terminating: 0 }

/** Scales revisions by their load, down to zero, and keeps the activator in their path while it is needed. */
export class KpaReconciler implements KindReconciler<PodAutoscaler> {
  readonly #options: KpaReconcilerOptions

  constructor(options: KpaReconcilerOptions) {
    this.#options = options
  }

  async reconcileKind(object: PodAutoscaler): Promise<Outcome> {
    const pa = withStatus(object)
    const config = this.#options.config()
    const { status } = pa
    const sks = this.#options.serverlessServices.get(pa.metadata.namespace ?? '', pa.metadata.name ?? '')
    const privateService = sks?.status?.privateServiceName
    if (!sks || !privateService) {
      await this.#writeServerlessService(pa, 'Proxy', minActivators)
      markSKSNotReady(status, 'No Private Service Name')
      this.#finish(pa, config, undecided, noPods)
      return done
    }
    status.metricsServiceName = privateService
    const spec = deciderSpec(pa, config.autoscaler)
    const decider = this.#options.deciders.ensure(keyOf(pa), spec)
    await writeOwnedObject(
      this.#options.client,
      this.#options.metrics,
      metrics,
      pa,
      desiredMetric(pa, spec, privateService),
      'Metric',
    )
    const { want, recheckAfterMs } = await this.#scale(pa, sks, spec, decider, config)
    const counts = this.#options.pods.counts(keyOf(pa))
    const { totalValue, targetBurstCapacity } = spec.parameters
    const written = await this.#writeServerlessService(
      pa,
      want > 0 && decider.excessBurstCapacity >= 0 ? 'Serve' : 'Proxy',
      activatorCount(counts.ready, totalValue, targetBurstCapacity, config.autoscaler.activatorCapacity),
    )
    status.serviceName = written.status?.serviceName ?? ''
    if (serverlessServiceConditions.isReady(written)) markSKSReady(status)
    else markSKSNotReady(status, serverlessServiceConditions.top(written.status)?.message ?? '')
    this.#finish(pa, config, want, counts)
    return recheckAfterMs === undefined ? done : againAfter(recheckAfterMs)
  }

  observeDeletion(key: NamespacedName): void {
    this.#options.deciders.delete(keyString(key))
    this.#options.onDeleted?.(keyString(key))
  }

  #writeServerlessService(
    pa: PodAutoscalerWithStatus,
    mode: ServerlessServiceMode,
    numActivators: number,
  ): Promise<ServerlessService> {
    const { client, serverlessServices } = this.#options
    return writeServerlessService(client, serverlessServices, pa, mode, numActivators)
  }

  #finish(pa: PodAutoscalerWithStatus, { autoscaler }: KpaConfig, want: number, counts: PodCounts): void {
    applyScaleOutcome(pa.status, {
      want,
      ready: counts.ready,
      minScale: scaleBounds(pa, autoscaler).min,
      initialScale: initialScaleOf(pa, autoscaler),
    })
    this.#options.onScaled?.(pa, want, counts)
  }

  async #scale(
    pa: PodAutoscalerWithStatus,
    sks: ServerlessService,
    spec: DeciderSpec,
    decider: DeciderStatus,
    { autoscaler, progressDeadlineMs }: KpaConfig,
  ): Promise<ScaleResult> {
    const active = conditionOf(pa.status, podAutoscalerConditionActive)
    const initialized = conditionOf(pa.status, podAutoscalerConditionScaleTargetInitialized)
    const step = scaleStep({
      desired: decider.desired,
      active,
      scaleTargetInitialized: initialized?.status ?? 'Unknown',
      reachable: spec.parameters.reachable,
      bounds: scaleBounds(pa, autoscaler),
      initialScale: spec.initialScale,
      enableScaleToZero: autoscaler.enableScaleToZero,
      progressDeadlineMs,
      stableWindowMs: spec.parameters.stableWindowMs,
      mode: sks.spec.mode ?? 'Serve',
      nowMs: this.#options.clock.now(),
    })
    if (step.kind === 'zero') return this.#scaleToZero(pa, sks, spec, active, autoscaler)
    if (step.kind === 'apply') await this.#options.targets.apply(pa, step.want)
    return step
  }

  async #scaleToZero(
    pa: PodAutoscalerWithStatus,
    sks: ServerlessService,
    { parameters }: DeciderSpec,
    active: Condition | undefined,
    autoscaler: AutoscalerConfig,
  ): Promise<ScaleResult> {
    const { probes, clock, targets } = this.#options
    const { scaleToZeroPodRetentionPeriodMs } = autoscalingAnnotations(pa.metadata.annotations)
    const nowMs = clock.now()
    const gate = zeroGate({
      activatorReachable: parameters.targetBurstCapacity === -1 || (await probes.once(pa)),
      inactiveMs: conditionAgeMs(active, nowMs),
      gracePeriodMs: autoscaler.scaleToZeroGracePeriodMs,
      retentionMs: parameters.reachable
        ? (scaleToZeroPodRetentionPeriodMs ?? autoscaler.scaleToZeroPodRetentionPeriodMs)
        : 0,
      proxiedMs: proxiedMs(sks, nowMs),
    })
    if (gate.kind === 'open') await targets.apply(pa, 0)
    if (gate.kind === 'probe') probes.keepProbing(pa)
    return gate.kind === 'wait' ? { want: 0, recheckAfterMs: gate.recheckAfterMs } : { want: 0 }
  }
}

function proxiedMs(sks: ServerlessService, nowMs: number): number {
  const condition = conditionOf(sks.status, serverlessServiceConditionActivatorEndpointsPopulated)
  return condition?.status === 'True' ? conditionAgeMs(condition, nowMs) : 0
}
