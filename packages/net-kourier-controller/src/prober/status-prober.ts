import { type Ingress, keyOf } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { ProbeError } from '../errors.ts'
import { ingressHash } from '../ingress/ingress-hash.ts'
import type { Probe } from './http-probe.ts'
import { type ProbeTarget, probeTargets } from './probe-targets.ts'
import { RetryPace } from './retry-pace.ts'

const parallelProbes = 15
/** Time a gateway usually needs to take a new version; probing earlier would only cost a retry. */
const initialDelayMs = 20

export interface StatusProberOptions {
  readonly clock: Clock
  /** Addresses of the gateway pods that receive requests now. */
  readonly gatewayAddresses: () => readonly string[]
  readonly probe: Probe
  /** Called with the key of an Ingress once all gateways serve it. */
  readonly onReady: (key: string) => void
  /** Longest pause between two attempts of one probe. */
  readonly maxRetryDelayMs?: number
}

/** The probing of one version of an Ingress. */
interface Campaign {
  readonly key: string
  readonly hash: string
  readonly abort: AbortController
  /** Probes not yet answered well, by gateway address. */
  readonly pending: Map<string, number>
}

interface Item {
  readonly campaign: Campaign
  readonly address: string
  readonly target: ProbeTarget
  attempts: number
}

/** Finds out when every gateway serves the current version of an Ingress. */
export class StatusProber {
  readonly #options: StatusProberOptions
  readonly #campaigns = new Map<string, Campaign>()
  readonly #due: Item[] = []
  readonly #pace: RetryPace
  #active = 0

  constructor(options: StatusProberOptions) {
    this.#options = options
    this.#pace = new RetryPace(options.clock, options.maxRetryDelayMs)
  }

  /**
   * Whether all gateways serve this version. The first question about a version starts its probing and ends
   * that of any other.
   * @param ingress with defaults applied and without probe paths
   * @throws ProbeError if there is no gateway
   */
  isReady(ingress: Ingress): boolean {
    const key = keyOf(ingress)
    const { namespace = '', name = '' } = ingress.metadata
    const hash = ingressHash(ingress.spec, namespace, name)
    const running = this.#campaigns.get(key)
    if (running?.hash === hash) return running.pending.size === 0
    this.cancel(key)
    return this.#begin(
      { key, hash, abort: new AbortController(), pending: new Map() },
      probeTargets(ingress.spec),
    )
  }

  /** Ends all probing for an Ingress and forgets what was found. */
  cancel(key: string): void {
    this.#campaigns.get(key)?.abort.abort()
    this.#campaigns.delete(key)
  }

  /** A gateway is gone: nothing more is asked of it. */
  cancelGateway(address: string): void {
    for (const campaign of this.#campaigns.values()) {
      if (campaign.pending.delete(address) && campaign.pending.size === 0) this.#options.onReady(campaign.key)
    }
  }

  /** Ends all probing. */
  close(): void {
    for (const key of [...this.#campaigns.keys()]) this.cancel(key)
  }

  #begin(campaign: Campaign, targets: readonly ProbeTarget[]): boolean {
    const addresses = this.#options.gatewayAddresses()
    if (addresses.length === 0) throw new ProbeError('no gateway pods available')
    this.#campaigns.set(campaign.key, campaign)
    if (targets.length === 0) return true
    const items: Item[] = []
    for (const address of addresses) {
      campaign.pending.set(address, targets.length)
      for (const target of targets) items.push({ campaign, address, target, attempts: 0 })
    }
    this.#after(initialDelayMs, campaign, items)
    return false
  }

  #after(delayMs: number, campaign: Campaign, items: readonly Item[]): void {
    const timer = this.#options.clock.after(delayMs, () => {
      campaign.abort.signal.removeEventListener('abort', cancel)
      this.#due.push(...items)
      this.#pump()
    })
    const cancel = () => timer.cancel()
    campaign.abort.signal.addEventListener('abort', cancel, { once: true })
  }

  #pump(): void {
    while (this.#active < parallelProbes) {
      const item = this.#due.shift()
      if (!item) return
      if (isObsolete(item)) continue
      this.#active++
      void this.#run(item)
    }
  }

  async #run(item: Item): Promise<void> {
    const { campaign, address, target } = item
    const verdict = await this.#options.probe(target, address, campaign.hash, campaign.abort.signal)
    this.#active--
    if (!isObsolete(item)) {
      if (verdict === 'success') this.#succeeded(item)
      else this.#after(this.#pace.delayMs(item.attempts++), campaign, [item])
    }
    this.#pump()
  }

  #succeeded({ campaign, address }: Item): void {
    const left = (campaign.pending.get(address) ?? 1) - 1
    if (left > 0) {
      campaign.pending.set(address, left)
      return
    }
    campaign.pending.delete(address)
    if (campaign.pending.size === 0) this.#options.onReady(campaign.key)
  }
}

function isObsolete({ campaign, address }: Item): boolean {
  return campaign.abort.signal.aborted || !campaign.pending.has(address)
}
