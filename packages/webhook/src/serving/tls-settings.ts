import { constants } from 'node:crypto'
import type { SecureVersion } from 'node:tls'
import { EnvironmentError } from '../errors.ts'

/** TLS parameters of the listener, in Node's terms. */
export interface TLSSettings {
  readonly minVersion: SecureVersion
  readonly maxVersion: SecureVersion
  /** OpenSSL names joined with colons; only TLS 1.2 has a choice. */
  readonly ciphers?: string
  /** OpenSSL names joined with colons. */
  readonly ecdhCurve?: string
}

const versions: Readonly<Record<string, SecureVersion>> = { '1.2': 'TLSv1.2', '1.3': 'TLSv1.3' }

/** Cipher suites of TLS 1.2 by their IANA names. */
const cipherSuites: Readonly<Record<string, string>> = {
  TLS_RSA_WITH_AES_128_CBC_SHA: 'AES128-SHA',
  TLS_RSA_WITH_AES_256_CBC_SHA: 'AES256-SHA',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
}

const curves: Readonly<Record<string, string>> = {
  CurveP256: 'P-256',
  CurveP384: 'P-384',
  CurveP521: 'P-521',
  X25519: 'X25519',
  X25519MLKEM768: 'X25519MLKEM768',
}

const prefix = 'WEBHOOK_TLS_'

/**
 * Reads `WEBHOOK_TLS_MIN_VERSION`, `_MAX_VERSION` (1.2 or 1.3; the minimum is 1.3 unless set),
 * `_CIPHER_SUITES` and `_CURVE_PREFERENCES` (comma-separated names as Go has them).
 * @throws EnvironmentError naming the variable and what it may hold
 */
export function tlsSettings(env: Readonly<Record<string, string | undefined>>): TLSSettings {
  const minVersion = version(env, `${prefix}MIN_VERSION`)
  const maxVersion = version(env, `${prefix}MAX_VERSION`)
  if (minVersion === 'TLSv1.3' && maxVersion === 'TLSv1.2') {
    throw new EnvironmentError(`${prefix}MAX_VERSION`, `must not be less than ${prefix}MIN_VERSION`)
  }
  const ciphers = translated(env, `${prefix}CIPHER_SUITES`, cipherSuites)
  const ecdhCurve = translated(env, `${prefix}CURVE_PREFERENCES`, curves)
  return {
    minVersion,
    maxVersion,
    ...(ciphers ? { ciphers: [...tls13Ciphers(), ciphers].join(':') } : {}),
    ...(ecdhCurve ? { ecdhCurve } : {}),
  }
}

/** Node takes both generations in one list; without these, naming a TLS 1.2 suite would turn TLS 1.3 off. */
function tls13Ciphers(): string[] {
  return constants.defaultCoreCipherList.split(':').filter((name) => name.startsWith('TLS_'))
}

function version(env: Readonly<Record<string, string | undefined>>, name: string): SecureVersion {
  const text = env[name] || '1.3'
  const found = Object.hasOwn(versions, text) ? versions[text] : undefined
  if (!found) throw new EnvironmentError(name, `must be 1.2 or 1.3, not ${JSON.stringify(text)}`)
  return found
}

function translated(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  known: Readonly<Record<string, string>>,
): string {
  return (env[name] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const found = Object.hasOwn(known, part) ? known[part] : undefined
      if (!found) {
        throw new EnvironmentError(
          name,
          `must list some of ${Object.keys(known).join(', ')}; ${JSON.stringify(part)} is none`,
        )
      }
      return found
    })
    .join(':')
}
