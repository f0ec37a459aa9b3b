import type { SecureVersion } from 'node:tls'
import { TlsSettingError } from './errors.ts'

/** What the operator allows on a TLS port, in the terms of `node:tls`. */
export interface ServerTlsSettings {
  readonly minVersion: SecureVersion
  readonly maxVersion?: SecureVersion
  /** Cipher suites of TLS 1.2; those of 1.3 are not chosen. */
  readonly ciphers?: string
  readonly ecdhCurve?: string
}

/** TLS 1.2 suites by their IANA names, as Go spells them, and what OpenSSL calls them. */
const suites: Readonly<Record<string, string>> = {
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
  TLS_AES_128_GCM_SHA256: 'TLS_AES_128_GCM_SHA256',
  TLS_AES_256_GCM_SHA384: 'TLS_AES_256_GCM_SHA384',
  TLS_CHACHA20_POLY1305_SHA256: 'TLS_CHACHA20_POLY1305_SHA256',
}

/** Those of TLS 1.3, which OpenSSL wants to hear of too when a choice is made. */
const tls13Suites = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']

const curves: Readonly<Record<string, string>> = {
  CurveP256: 'P-256',
  CurveP384: 'P-384',
  CurveP521: 'P-521',
  X25519: 'X25519',
  X25519MLKEM768: 'X25519MLKEM768',
}

/**
 * Reads `<prefix>TLS_MIN_VERSION`, `_MAX_VERSION`, `_CIPHER_SUITES` and `_CURVE_PREFERENCES`; TLS 1.3 is the least unless 1.2 is
 * asked for.
 * @throws TlsSettingError
 */
export function serverTlsSettings(
  prefix: string,
  env: Readonly<Record<string, string | undefined>>,
): ServerTlsSettings {
  const version = (name: string): SecureVersion | undefined => {
    const text = env[name]
    if (!text) return undefined
    if (text === '1.2') return 'TLSv1.2'
    if (text === '1.3') return 'TLSv1.3'
    throw new TlsSettingError(name, `must be 1.2 or 1.3, got ${JSON.stringify(text)}`)
  }
  const list = (name: string, known: Readonly<Record<string, string>>, always: readonly string[]) => {
    const items = (env[name] ?? '').split(',').map((item) => item.trim())
    const names = items.filter((item) => item !== '')
    if (names.length === 0) return undefined
    for (const item of names) {
      if (!Object.hasOwn(known, item)) {
        throw new TlsSettingError(
          name,
          `has unknown ${JSON.stringify(item)}; use of ${Object.keys(known).join(', ')}`,
        )
      }
    }
    return [...new Set([...always, ...names.map((item) => known[item]!)])].join(':')
  }
  const minVersion = version(`${prefix}TLS_MIN_VERSION`) ?? 'TLSv1.3'
  const maxVersion = version(`${prefix}TLS_MAX_VERSION`)
  if (maxVersion !== undefined && maxVersion < minVersion) {
    throw new TlsSettingError(`${prefix}TLS_MAX_VERSION`, `must not be below ${prefix}TLS_MIN_VERSION`)
  }
  const ciphers = list(`${prefix}TLS_CIPHER_SUITES`, suites, tls13Suites)
  const ecdhCurve = list(`${prefix}TLS_CURVE_PREFERENCES`, curves, [])
  return {
    minVersion,
    ...(maxVersion ? { maxVersion } : {}),
    ...(ciphers ? { ciphers } : {}),
    ...(ecdhCurve ? { ecdhCurve } : {}),
  }
}
