import { type ConnectionOptions, createSecureContext } from 'node:tls'
import {
  configMaps,
  secrets,
  servingRoutingCertName,
  trustBundleLabelKey,
  type V1ConfigMap,
  type V1Secret,
} from '@knative-ts/apis'
import type { InformerFactory, Lister } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { CertificateError } from '../errors.ts'
import { podTLSFor } from './pod-tls.ts'

/** A certificate chain and its key, PEM. */
export interface CertificatePair {
  readonly cert: string
  readonly key: string
}

export interface InternalCertificatesOptions {
  readonly informers: InformerFactory
  readonly namespace: string
  readonly logger: Logger
  /** Told of each new certificate after `start`. */
  readonly onCertificate: (pair: CertificatePair) => void
}

const firstPemBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/

/**
 * The certificates of internal TLS, kept up to date: what the activator shows to the ingress, and what it
 * trusts in queue-proxies (the Secret's authority and every ConfigMap labelled as a trust bundle).
 */
export class InternalCertificates {
  readonly #options: InternalCertificatesOptions
  readonly #secrets: Lister<V1Secret>
  readonly #configMaps: Lister<V1ConfigMap>
  #started = false
  #pair: CertificatePair | undefined
  #podTLS = podTLSFor([])

  constructor(options: InternalCertificatesOptions) {
    this.#options = options
    const { informers, namespace } = options
    const secretInformer = informers.informer(secrets, {
      namespace,
      fieldSelector: `metadata.name=${servingRoutingCertName}`,
    })
    const configMapInformer = informers.informer(configMaps, { namespace })
    this.#secrets = secretInformer.lister
    this.#configMaps = configMapInformer.lister
    const onSecret = () => this.#reload()
    secretInformer.addHandler({ onAdd: onSecret, onUpdate: onSecret })
    const onConfigMap = (...states: V1ConfigMap[]) => {
      if (this.#started && states.some(isTrustBundle)) this.#trustAnew()
    }
    configMapInformer.addHandler({ onAdd: onConfigMap, onUpdate: onConfigMap, onDelete: onConfigMap })
  }

  /**
   * Takes over what the caches hold; call once they are synced.
   * @throws CertificateError without a usable certificate
   */
  start(): CertificatePair {
    const pair = pairOf(this.#secret(), this.#options.namespace)
    this.#pair = pair
    this.#started = true
    this.#trustAnew()
    return pair
  }

  /** TLS settings towards a namespace's queue-proxies, of this moment. */
  podTLS(namespace: string): ConnectionOptions {
    return this.#podTLS(namespace)
  }

  #secret(): V1Secret | undefined {
    return this.#secrets.get(this.#options.namespace, servingRoutingCertName)
  }

  #reload(): void {
    if (!this.#started) return
    try {
      const pair = pairOf(this.#secret(), this.#options.namespace)
      this.#trustAnew()
      if (pair.cert === this.#pair?.cert && pair.key === this.#pair.key) return
      this.#pair = pair
      this.#options.onCertificate(pair)
    } catch (error) {
      this.#options.logger.error('the new certificate is not usable; the previous one stays in force', {
        error,
      })
    }
  }

  #trustAnew(): void {
    const authority = firstPemBlock.exec(decoded(this.#secret(), 'ca.crt'))?.[0]
    const bundles = this.#configMaps.list({ namespace: this.#options.namespace }).filter(isTrustBundle)
    const trusted = bundles.flatMap(({ data = {} }) => Object.values(data))
    try {
      this.#podTLS = podTLSFor(authority ? [authority, ...trusted] : trusted)
    } catch (error) {
      this.#options.logger.error('a trust bundle is not usable; the previous ones stay in force', { error })
    }
  }
}

function isTrustBundle({ metadata }: V1ConfigMap): boolean {
  return metadata.labels?.[trustBundleLabelKey] !== undefined
}

function decoded(secret: V1Secret | undefined, key: string): string {
  return Buffer.from(secret?.data?.[key] ?? '', 'base64').toString('utf8')
}

function pairOf(secret: V1Secret | undefined, namespace: string): CertificatePair {
  const name = `Secret ${namespace}/${servingRoutingCertName}`
  if (!secret) {
    throw new CertificateError(
      'CERTIFICATE_MISSING',
      `${name} does not exist, but system-internal-tls is enabled; install cert-manager's integration, which creates it, or disable system-internal-tls`,
    )
  }
  const pair = { cert: decoded(secret, 'tls.crt'), key: decoded(secret, 'tls.key') }
  try {
    createSecureContext(pair)
  } catch (cause) {
    throw new CertificateError('CERTIFICATE_INVALID', `${name} has no usable tls.crt and tls.key`, cause)
  }
  if (pair.cert === '' || pair.key === '') {
    throw new CertificateError('CERTIFICATE_INVALID', `${name} has no tls.crt and tls.key`)
  }
  return pair
}
