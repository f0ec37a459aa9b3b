import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { resolverDomain } from './resolver-domain.ts'

const folder = mkdtempSync(join(tmpdir(), 'resolver-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['search ns.svc.corp.example svc.corp.example. corp.example', {}, 'corp.example'],
  ['search ns.svc.corp.example svc.corp.example', { CLUSTER_DOMAIN: 'mine' }, 'mine'],
  ['nameserver 10.0.0.10', {}, 'cluster.local'],
])('%s', (text, env, domain) => {
  const file = join(folder, 'resolv.conf')
  writeFileSync(file, text)
  expect(resolverDomain(env, file)).toBe(domain)
})

test('without a resolver file it is the default', () => {
  expect(resolverDomain({}, join(folder, 'none'))).toBe('cluster.local')
})
