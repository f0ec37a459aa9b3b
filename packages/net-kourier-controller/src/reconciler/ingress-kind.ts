import { type Ingress, keyString, type NamespacedName } from '@knative-ts/apis'
import { done, type KindReconciler, type Outcome, sameValue } from '@knative-ts/reconciler'
import { type ProbeError, ReconcileError } from '../errors.ts'
import type { IngressGateway } from '../gateway/ingress-gateway.ts'
import type { StatusProber } from '../prober/status-prober.ts'
import * as conditions from './ingress-conditions.ts'
import type { LoadBalancers } from './load-balancers.ts'

/** Finalization itself has nothing to do: the gateways forget an Ingress when the object is gone. */
export const ingressFinalizer = 'ingresses.networking.internal.knative.dev'

export interface IngressKindOptions {
  readonly gateway: Pick<IngressGateway, 'serve'>
  readonly prober: Pick<StatusProber, 'isReady'>
  readonly loadBalancers: LoadBalancers
  readonly onDeleted: (key: string) => void
}

/** The leader's work on one Ingress: serve it, find out whether the gateways do, and say so. */
export class IngressKind implements KindReconciler<Ingress> {
  readonly #options: IngressKindOptions

  constructor(options: IngressKindOptions) {
    this.#options = options
  }

  async reconcileKind(ingress: Ingress): Promise<Outcome> {
    const { gateway, loadBalancers } = this.#options
    ingress.status ??= {}
    const status = ingress.status
    try {
      gateway.serve(ingress)
    } catch (error) {
      if (isCode(error, 'DOMAIN_CONFLICT')) {
        conditions.markDomainConflict(status)
        return done
      }
      const failure = new ReconcileError('failed to translate ingress', error)
      conditions.markReconcileFailed(status, failure.message)
      throw new ReconcileError('failed to update ingress', failure)
    }
    conditions.markNetworkConfigured(status)
    if (conditions.ingressConditions.isReady(ingress) && this.#namesLoadBalancers(ingress)) return done
    if (this.#isServed(ingress)) {
      conditions.markLoadBalancerReady(status, loadBalancers.public, loadBalancers.private)
    } else {
      conditions.markLoadBalancerPending(status)
    }
    return done
  }

  async finalizeKind(): Promise<Outcome> {
    return done
  }

  observeDeletion(key: NamespacedName): void {
    this.#options.onDeleted(keyString(key))
  }

  #namesLoadBalancers({ status }: Ingress): boolean {
    const { loadBalancers } = this.#options
    return (
      sameValue(status?.publicLoadBalancer, loadBalancers.public) &&
      sameValue(status?.privateLoadBalancer, loadBalancers.private)
    )
  }

  #isServed(ingress: Ingress): boolean {
    try {
      return this.#options.prober.isReady(ingress)
    } catch (error) {
      if (isCode(error, 'PROBE')) throw new ReconcileError('failed to probe Ingress', error)
      throw error
    }
  }
}

function isCode(error: unknown, code: ProbeError['code'] | 'DOMAIN_CONFLICT'): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
