import { secrets, type V1Secret } from '@knative-ts/apis'
import type { InformerFactory } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import type { KourierConfig } from '../config/kourier-config.ts'
import type { GatewayState } from '../gateway/gateway-state.ts'
import { type KeyPair, keyPairOf } from '../ingress/key-pair.ts'

interface SecretName {
  readonly namespace: string
  readonly name: string
}

export interface SingleCertificatesOptions {
  readonly informers: InformerFactory
  readonly state: GatewayState
  readonly logger: Logger
  readonly systemNamespace: string
}

/**
 * Follows the Secrets that `config-kourier` names: one certificate for all external hosts, one for all
 * cluster-local ones. Each is watched by name, so that a rotated certificate reaches the gateways at once.
 */
export class SingleCertificates {
  readonly #options: SingleCertificatesOptions
  readonly #watched = new Set<string>()
  #external: SecretName | undefined
  #internal: SecretName | undefined

  constructor(options: SingleCertificatesOptions) {
    this.#options = options
  }

  /** Resolves when the Secrets that this configuration names were read. */
  async follow(config: KourierConfig): Promise<void> {
    this.#external = config.externalCertSecret
    this.#internal = config.clusterCertSecret
      ? { namespace: this.#options.systemNamespace, name: config.clusterCertSecret }
      : undefined
    const named = [this.#external, this.#internal].filter((secret) => secret !== undefined)
    await Promise.all(named.map((secret) => this.#watch(secret)))
    this.#refresh()
  }

  async #watch(secret: SecretName): Promise<void> {
    const informer = this.#informer(secret)
    const id = `${secret.namespace}/${secret.name}`
    if (!this.#watched.has(id)) {
      this.#watched.add(id)
      const refresh = () => this.#refresh()
      informer.addHandler({ onAdd: refresh, onUpdate: refresh, onDelete: refresh })
    }
    await informer.synced()
  }

  #refresh(): void {
    this.#options.state.setSingleCertificates({
      external: this.#keyPair(this.#external),
      internal: this.#keyPair(this.#internal),
    })
  }

  #keyPair(name: SecretName | undefined): KeyPair | undefined {
    if (!name) return undefined
    const secret = this.#informer(name).lister.get(name.namespace, name.name)
    const id = `${name.namespace}/${name.name}`
    if (!secret) {
      this.#options.logger.error(`Secret ${id} does not exist; its listeners stay closed until it does`)
      return undefined
    }
    try {
      return keyPairOf(secret)
    } catch (error) {
      this.#options.logger.error(`Secret ${id} holds no usable certificate; its listeners stay closed`, {
        error,
      })
      return undefined
    }
  }

  #informer({ namespace, name }: SecretName) {
    return this.#options.informers.informer<V1Secret>(secrets, {
      namespace,
      fieldSelector: `metadata.name=${name}`,
    })
  }
}
