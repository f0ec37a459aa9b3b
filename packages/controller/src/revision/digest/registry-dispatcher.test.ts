import { describe, expect, test } from '@jest/globals'
import { registryTlsSettings } from './registry-dispatcher.ts'

describe('TLS to registries', () => {
  test('is 1.2 or later unless the environment says otherwise', () => {
    expect(registryTlsSettings({})).toEqual({ minVersion: 'TLSv1.2' })
    expect(
      registryTlsSettings({
        TAG_TO_DIGEST_TLS_MIN_VERSION: '1.3',
        TAG_TO_DIGEST_TLS_CURVE_PREFERENCES: 'X25519',
      }),
    ).toEqual({ minVersion: 'TLSv1.3', ecdhCurve: 'X25519' })
  })

  test('a setting that makes no sense is refused by name', () => {
    expect(() => registryTlsSettings({ TAG_TO_DIGEST_TLS_MIN_VERSION: '1.1' })).toThrow(
      'TAG_TO_DIGEST_TLS_MIN_VERSION',
    )
  })
})
