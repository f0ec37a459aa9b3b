import { describe, expect, test } from '@jest/globals'
import { gatewayAddress, magicDomain, serviceOfHost } from './magic-domain.ts'

describe('the domain of an address', () => {
  test.each([
    ['1.2.3.4', 'sslip.io', '1.2.3.4.sslip.io'],
    ['1.2.3.4', 'nip.io', '1.2.3.4.nip.io'],
    ['2001:db8::1', 'sslip.io', '2001-db8--1.sslip.io'],
    ['2001:db8::1', 'other.test', '2001:db8::1.other.test'],
  ])('%s below %s', (ip, magicDNS, domain) => {
    expect(magicDomain(ip, magicDNS)).toBe(domain)
  })
})

describe('the Service behind a name', () => {
  test.each([
    ['kourier.kourier-system.svc.cluster.local', { name: 'kourier', namespace: 'kourier-system' }],
    ['gateway.istio', { name: 'gateway', namespace: 'istio' }],
    ['gateway', undefined],
    ['', undefined],
    ['.svc.cluster.local', undefined],
  ])('%j', (host, key) => {
    expect(serviceOfHost(host)).toEqual(key)
  })
})

describe('the address of a load balancer', () => {
  test.each([
    ['no status', undefined, undefined],
    ['no entry', [], undefined],
    ['an IP', [{ ip: '1.2.3.4' }], { ip: '1.2.3.4' }],
    ['a hostname', [{ hostname: 'lb.test' }], { hostname: 'lb.test' }],
    ['both', [{ ip: '1.2.3.4', hostname: 'lb.test' }], { ip: '1.2.3.4', hostname: 'lb.test' }],
    ['an entry with neither', [{}], {}],
    ['the first of several', [{ ip: '1.1.1.1' }, { ip: '2.2.2.2' }], { ip: '1.1.1.1' }],
  ])('%s', (_, ingress, address) => {
    const status = ingress && { loadBalancer: { ingress } }
    expect(gatewayAddress({ metadata: {}, ...(status ? { status } : {}) })).toEqual(address)
  })
})
