import { generateKeyPairSync } from 'node:crypto'
import { dataPlaneServerName, type V1Secret } from '@knative-ts/apis'
import { signCertificate } from '@knative-ts/certificates'
import { systemClock } from '@knative-ts/clock'

const lifetimeMs = 24 * 3_600_000
/** Clocks of nodes may differ. */
const leewayMs = 3_600_000

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** Signs the certificates of a data plane, as cert-manager's integration does for internal TLS. */
export class DataPlaneAuthority {
  /** PEM. */
  readonly certificate: string
  readonly #keys = newKeys()
  readonly #name: string

  constructor(name: string) {
    this.#name = name
    this.certificate = this.#sign(name, [dataPlaneServerName], true, this.#keys)
  }

  /** A Secret with a key and a certificate for `san` and for the data plane. */
  secret(namespace: string, name: string, san: string): V1Secret {
    const keys = newKeys()
    const parts = {
      'tls.crt': this.#sign(san, [san, dataPlaneServerName], false, keys),
      'tls.key': keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'ca.crt': this.certificate,
    }
    const data = Object.entries(parts).map(([key, text]) => [key, Buffer.from(text).toString('base64')])
    return { metadata: { namespace, name }, data: Object.fromEntries(data) }
  }

  #sign(commonName: string, hosts: string[], isCA: boolean, { publicKey }: ReturnType<typeof newKeys>) {
    const nowMs = systemClock.now()
    return signCertificate({
      subject: { organization: 'knative.dev', commonName },
      issuer: { organization: 'knative.dev', commonName: this.#name },
      hosts,
      notBeforeMs: nowMs - leewayMs,
      notAfterMs: nowMs + lifetimeMs,
      isCA,
      publicKey,
      issuerPublicKey: this.#keys.publicKey,
      issuerPrivateKey: this.#keys.privateKey,
    })
  }
}
