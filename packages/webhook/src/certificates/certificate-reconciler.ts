import { type NamespacedName, secrets, type V1Secret } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { KubeClient, Lister } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { againAfter, done, type KeyReconciler, type Outcome } from '@knative-ts/reconciler'
import type { CertificateSet } from './generate.ts'
import { certificatesIn, expiryOf, secretData } from './secret-data.ts'

export interface CertificateReconcilerOptions {
  client: KubeClient
  clock: Clock
  logger: Logger
  lister: Lister<V1Secret>
  /** Makes a new set, valid from now. */
  generate(nowMs: number): Promise<CertificateSet>
}

const hourMs = 3_600_000
const renewBeforeMs = 24 * hourMs
const resyncMs = 10 * hourMs

/** Keeps the webhook's Secret filled with certificates that stay valid for at least a day. */
export class CertificateReconciler implements KeyReconciler {
  readonly #options: CertificateReconcilerOptions

  constructor(options: CertificateReconcilerOptions) {
    this.#options = options
  }

  async reconcile({ namespace, name }: NamespacedName): Promise<Outcome> {
    const { client, clock, logger, lister, generate } = this.#options
    const secret = lister.get(namespace, name)
    if (!secret) {
      logger.error(
        `secret ${namespace}/${name} does not exist; apply the project's manifests, which create it`,
      )
      return done
    }
    const nowMs = clock.now()
    const current = certificatesIn(secret)
    const expiryMs = current && expiryOf(current)
    if (expiryMs !== undefined && expiryMs - nowMs > renewBeforeMs) {
      return againAfter(Math.min(resyncMs, expiryMs - nowMs - renewBeforeMs))
    }
    logger.info(`renewing the certificates in secret ${namespace}/${name}`)
    const data = { ...secret.data, ...secretData(await generate(nowMs)) }
    await client.update(secrets, { ...structuredClone(secret), data })
    return againAfter(resyncMs)
  }
}
