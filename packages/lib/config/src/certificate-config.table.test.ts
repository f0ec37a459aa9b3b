import { describe, expect, test } from '@jest/globals'
import { parseCertManagerConfig } from './certificate-config.ts'

describe('config-certmanager', () => {
  const standard = { kind: 'ClusterIssuer', name: 'knative-selfsigned-issuer' }
  test('what is given goes over the default', () => {
    expect(parseCertManagerConfig({ issuerRef: 'name: mine' })).toEqual({
      issuerRef: { kind: 'ClusterIssuer', name: 'mine' },
      clusterLocalIssuerRef: standard,
      systemInternalIssuerRef: standard,
    })
  })
  test.each([
    ['- a', 'failed to parse "issuerRef": it must be a map with the keys group, kind and name'],
    ['name: 1', 'failed to parse "issuerRef": name must be text; put the value in quotes'],
  ])('refuses %j', (issuerRef, message) =>
    expect(() => parseCertManagerConfig({ issuerRef })).toThrow(message),
  )
})
