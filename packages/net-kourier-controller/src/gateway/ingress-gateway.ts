import { type Ingress, keyOf } from '@knative-ts/apis'
import type { KourierConfig } from '../config/kourier-config.ts'
import { TranslationError } from '../errors.ts'
import type { DependencyId } from '../ingress/cluster-view.ts'
import { type TranslationContext, translateIngress } from '../ingress/translate-ingress.ts'
import type { Dependencies } from './dependencies.ts'
import type { GatewayState } from './gateway-state.ts'

/** Settings of this moment that a translation depends on. */
export interface GatewaySettings {
  readonly config: KourierConfig
  readonly systemInternalTLS: boolean
}

export interface IngressGatewayOptions
  extends Pick<
    TranslationContext,
    'view' | 'systemNamespace' | 'redirectsDisabled' | 'onSkippedCertificate'
  > {
  readonly state: GatewayState
  readonly dependencies: Dependencies
  readonly settings: () => GatewaySettings
}

/** Brings Ingresses to the gateways and takes them away. */
export class IngressGateway {
  readonly #options: IngressGatewayOptions

  constructor(options: IngressGatewayOptions) {
    this.#options = options
  }

  /**
   * Translates an Ingress and hands the result to the gateways. While a backend is missing, what was served
   * before stays.
   * @param ingress with defaults applied
   * @throws TranslationError or DomainConflictError
   */
  serve(ingress: Ingress): void {
    const { state, dependencies, settings, ...rest } = this.#options
    const read = new Set<DependencyId>()
    try {
      const translation = translateIngress(ingress, {
        ...rest,
        ...settings(),
        onDependency: (id) => read.add(id),
      })
      if (translation) state.apply(translation)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'XDS_ENCODE') {
        throw new TranslationError(error.message, { cause: error })
      }
      throw error
    } finally {
      dependencies.set(keyOf(ingress), read)
    }
  }

  /** Stops serving an Ingress that is gone. */
  withdraw(key: string): void {
    this.#options.dependencies.remove(key)
    this.#options.state.remove(key)
  }
}
