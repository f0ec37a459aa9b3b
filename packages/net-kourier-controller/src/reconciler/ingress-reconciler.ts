import { type Ingress, keyString, type NamespacedName } from '@knative-ts/apis'
import type { Lister } from '@knative-ts/kube'
import { done, type KeyReconciler, type Leadership, type Outcome, retry } from '@knative-ts/reconciler'
import type { IngressGateway } from '../gateway/ingress-gateway.ts'
import { isKourierIngress } from './ingress-class.ts'

export interface IngressReconcilerOptions {
  readonly lister: Lister<Ingress>
  readonly leadership: Leadership
  readonly gateway: Pick<IngressGateway, 'serve'>
  readonly setDefaults: (ingress: Ingress) => void
  /** Works on an Ingress that this replica leads. */
  readonly leader: KeyReconciler
  /** An Ingress is gone, or is no longer ours. */
  readonly onGone: (key: string) => void
}

/**
 * Every replica serves every Ingress from its own memory, so that any of them can answer gateways; only the
 * leader probes and writes.
 */
export class IngressReconciler implements KeyReconciler {
  readonly #options: IngressReconcilerOptions

  constructor(options: IngressReconcilerOptions) {
    this.#options = options
  }

  async reconcile(key: NamespacedName, signal: AbortSignal): Promise<Outcome> {
    const { lister, leadership, leader, onGone } = this.#options
    const ingress = lister.get(key.namespace, key.name)
    if (!ingress || !isKourierIngress(ingress)) {
      onGone(keyString(key))
      return done
    }
    if (leadership.isLeaderFor(keyString(key))) return leader.reconcile(key, signal)
    return ingress.metadata.deletionTimestamp ? done : this.#serve(ingress)
  }

  #serve(ingress: Ingress): Outcome {
    const { gateway, setDefaults } = this.#options
    const object = structuredClone(ingress)
    setDefaults(object)
    try {
      gateway.serve(object)
      return done
    } catch (error) {
      const conflict = error instanceof Error && 'code' in error && error.code === 'DOMAIN_CONFLICT'
      return conflict ? done : retry(error)
    }
  }
}
