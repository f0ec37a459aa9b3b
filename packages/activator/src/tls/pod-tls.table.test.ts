import type { PeerCertificate } from 'node:tls'
import { expect, test } from '@jest/globals'
import { dataPlaneServerName } from '@knative-ts/apis'
import { podTLSFor } from './pod-tls.ts'

const verdict = (namespace: string, subjectaltname: string) =>
  podTLSFor([])(namespace).checkServerIdentity!(dataPlaneServerName, {
    subject: { CN: 'pod' },
    subjectaltname,
  } as PeerCertificate)?.message

test.each([
  ['both names', 'ns', 'DNS:data-plane.knative.dev, DNS:kn-user-ns', undefined],
  ['the namespace in lower case', 'Ns', 'DNS:kn-user-ns, DNS:data-plane.knative.dev', undefined],
  [
    'another namespace',
    'ns',
    'DNS:kn-user-other, DNS:data-plane.knative.dev',
    'san "kn-user-ns" does not have a matching name in [kn-user-other data-plane.knative.dev]',
  ],
  [
    'a name that covers more than a namespace',
    'ns',
    'DNS:*, DNS:data-plane.knative.dev',
    'san "kn-user-ns" does not have a matching name in [* data-plane.knative.dev]',
  ],
])('a certificate for %s', (_, namespace, names, problem) => {
  expect(verdict(namespace, names)).toBe(problem)
})

test('a certificate for the namespace alone is not the data plane’s', () => {
  expect(verdict('ns', 'DNS:kn-user-ns')).toContain('data-plane.knative.dev')
})
