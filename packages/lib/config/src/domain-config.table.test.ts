import { describe, expect, test } from '@jest/globals'
import { parseDomainConfig } from './domain-config.ts'

const parse = parseDomainConfig('cluster.local')

test('without a catch-all there is the cluster domain', () => {
  expect(parse({ _example: 'x' }).domains).toEqual({ 'svc.cluster.local': { selector: {}, type: '' } })
  expect(Object.keys(parse({ 'a.com': 'selector: {app: a}' }).domains)).toEqual([
    'a.com',
    'svc.cluster.local',
  ])
})

test('a domain without a selector is a wildcard', () => {
  expect(parse({ 'a.com': '' }).domains).toEqual({ 'a.com': { selector: {}, type: 'wildcard' } })
})

describe('the domain of a Route', () => {
  const config = parse({
    'any.com': '',
    'b.com': 'selector: {app: web}',
    'a.com': 'selector: {app: web}',
    'both.com': 'selector: {app: web, tier: front}',
  })
  test.each([
    [{}, 'any.com'],
    [{ app: 'other' }, 'any.com'],
    [{ app: 'web' }, 'a.com'],
    [{ app: 'web', tier: 'front' }, 'both.com'],
    [{ app: 'web', 'networking.knative.dev/visibility': 'cluster-local' }, 'svc.cluster.local'],
  ])('%j', (labels: Record<string, string>, domain) => expect(config.lookupDomain(labels)).toBe(domain))
})

test.each([
  ['[1]', 'failed to parse "a.com": a.com must be a map with the key "selector"'],
  ['selector: {app: 1}', 'failed to parse "a.com": a.com.selector.app must be text; put the value in quotes'],
  ['selector: [x]', 'failed to parse "a.com": a.com.selector must be a map'],
  ['type: 3', 'failed to parse "a.com": a.com.type must be text'],
])('refuses %j', (text, message) => {
  expect(() => parse({ 'a.com': text })).toThrow(expect.objectContaining({ message, code: 'CONFIG_VALUE' }))
})
