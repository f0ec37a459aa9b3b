import { describe, expect, test } from '@jest/globals'
import { validateCertificate } from './certificate-validation.ts'
import { validateIngress } from './ingress-validation.ts'
import { validateServerlessService } from './serverless-service-validation.ts'
import type { Certificate, Ingress, ServerlessService } from './types.ts'

describe('Ingress', () => {
  const split = { serviceNamespace: 'ns', serviceName: 's', servicePort: 80, percent: 100 }
  const withSplits = (...splits: object[]) => ({ rules: [{ http: { paths: [{ splits }] } }] })
  const at = 'spec.rules[0].http.paths[0]'
  test.each([
    [withSplits(split), ''],
    [withSplits({ ...split, percent: 0 }), ''],
    [{}, 'missing field(s): spec'],
    [{ httpOption: 'Enabled' }, 'missing field(s): spec.rules'],
    [{ rules: [{}] }, 'missing field(s): spec.rules[0]'],
    [{ rules: [{ hosts: ['a'] }] }, 'missing field(s): spec.rules[0].http'],
    [{ rules: [{ http: { paths: [] }, hosts: ['a'] }] }, 'missing field(s): spec.rules[0].http.paths'],
    [{ rules: [{ http: { paths: [{}] }, hosts: ['a'] }] }, 'missing field(s): spec.rules[0].http.paths[0]'],
    [{ rules: [{ http: { paths: [{ path: '/' }] } }] }, `missing field(s): ${at}.splits`],
    [
      withSplits({ ...split, percent: 50 }, { ...split, percent: 49 }),
      `traffic split percentage must total to 100, but was 99: ${at}.splits`,
    ],
    [
      withSplits({ ...split, percent: 101 }, { ...split, percent: -1 }),
      `invalid value: -1: ${at}.splits[1].percent\ninvalid value: 101: ${at}.splits[0].percent`,
    ],
    [
      withSplits({ percent: 100 }),
      `missing field(s): ${at}.splits[0].serviceName, ${at}.splits[0].serviceNamespace, ${at}.splits[0].servicePort`,
    ],
    [
      withSplits({ ...split, serviceNamespace: 'x' }),
      `service namespace must match ingress namespace: ${at}.splits[0].serviceNamespace`,
    ],
    [
      { ...withSplits(split), tls: [{ hosts: ['a'] }] },
      'missing field(s): spec.tls[0].secretName, spec.tls[0].secretNamespace',
    ],
    [{ ...withSplits(split), httpOption: 'Off' }, 'invalid value: Off: spec.httpOption'],
  ])('%j', (spec, text) => {
    expect(
      String(validateIngress({ metadata: { name: 'NOT CHECKED', namespace: 'ns' }, spec } as Ingress)),
    ).toBe(text)
  })
})

describe('Certificate', () => {
  const spec = { dnsNames: ['a.example.com'], secretName: 's' }
  test.each([
    [spec, ''],
    [{ ...spec, domain: 'example.com' }, ''],
    [{ ...spec, domain: 'a.example.com' }, ''],
    [
      { ...spec, domain: 'ample.com' },
      'invalid value: domain: spec.domain must be a suffix of, or match exactly, at least one entry in dnsNames',
    ],
    [{ ...spec, dnsNames: [] }, 'missing field(s): spec.dnsNames'],
    [{ ...spec, dnsNames: ['a', ''] }, 'missing field(s): spec.dnsNames[1]'],
    [{ ...spec, secretName: '' }, 'missing field(s): spec.secretName'],
  ])('%j', (given, text) => {
    expect(String(validateCertificate({ metadata: { name: 'c' }, spec: given } as Certificate))).toBe(text)
  })
})

describe('ServerlessService', () => {
  const objectRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }
  const spec = { mode: 'Serve', objectRef, protocolType: 'h2c' }
  test.each([
    [spec, {}, ''],
    [{}, {}, 'missing field(s): spec'],
    [{ ...spec, mode: '' }, {}, 'missing field(s): spec.mode'],
    [{ ...spec, mode: 'Both' }, {}, 'invalid value: Both: spec.mode'],
    [{ ...spec, numActivators: -1 }, {}, 'invalid value: -1: spec.numActivators'],
    [
      { ...spec, objectRef: { ...objectRef, namespace: 'x' } },
      {},
      'must not set the field(s): spec.objectRef.namespace',
    ],
    [{ ...spec, protocolType: 'x' }, {}, 'invalid value: x: spec.protocolType'],
    [
      spec,
      { 'networking.knative.dev/foo': 'x' },
      'invalid key name "networking.knative.dev/foo": annotations',
    ],
    [spec, { 'networking.knative.dev/ingress.class': 'x' }, ''],
  ])('%j %j', (given, annotations, text) => {
    const object = { metadata: { name: 's', annotations }, spec: given } as unknown as ServerlessService
    expect(String(validateServerlessService(object))).toBe(text)
  })
})
