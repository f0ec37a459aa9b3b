import { describe, expect, test } from '@jest/globals'
import { serverTlsSettings } from './server-tls-settings.ts'

describe('serverTlsSettings', () => {
  test.each([
    [{}, { minVersion: 'TLSv1.3' }],
    [
      { X_TLS_MIN_VERSION: '1.2', X_TLS_MAX_VERSION: '1.2', X_TLS_CURVE_PREFERENCES: 'X25519, CurveP256' },
      { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ecdhCurve: 'X25519:P-256' },
    ],
    [
      { X_TLS_CIPHER_SUITES: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_AES_128_GCM_SHA256' },
      {
        minVersion: 'TLSv1.3',
        ciphers:
          'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:ECDHE-RSA-AES128-GCM-SHA256',
      },
    ],
  ])('%j', (env, settings) => {
    expect(serverTlsSettings('X_', env)).toEqual(settings)
  })

  test.each([
    ['X_TLS_MIN_VERSION', '1.1'],
    ['X_TLS_MAX_VERSION', '1.2'],
    ['X_TLS_CIPHER_SUITES', 'NULL'],
    ['X_TLS_CURVE_PREFERENCES', 'toString'],
  ])('%s=%s is refused by name', (variable, value) => {
    expect(() => serverTlsSettings('X_', { [variable]: value })).toThrow(
      expect.objectContaining({ code: 'TLS_SETTING_INVALID', variable }),
    )
  })
})
