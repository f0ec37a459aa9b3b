import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { envoyBinary } from '../testing/envoy-process.ts'

const folder = new URL('../../testdata/', import.meta.url)
const names = readdirSync(folder).filter((file) => file.endsWith('.out.yaml'))
let work: string

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'kourier-validate-'))
})

afterAll(() => rmSync(work, { recursive: true, force: true }))

interface Snapshot {
  clusters: unknown[]
  listeners: { filterChains: { filters: { typedConfig: Record<string, unknown> }[] }[] }[]
  routes: { name: string }[]
}

/** A configuration file with the snapshot in it: what came over RDS stands where it is used. */
function asConfigFile({ clusters, listeners, routes }: Snapshot): string {
  for (const { typedConfig } of listeners.flatMap((l) => l.filterChains).flatMap((chain) => chain.filters)) {
    const { routeConfigName } = typedConfig['rds'] as { routeConfigName: string }
    delete typedConfig['rds']
    typedConfig['routeConfig'] = routes.find(({ name }) => name === routeConfigName)
  }
  const stats = { name: 'service_stats', type: 'STATIC', connectTimeout: '1s' }
  return JSON.stringify({ staticResources: { clusters: [...clusters, stats], listeners } })
}

describe('a real Envoy accepts', () => {
  test.each(names)('%s', async (name) => {
    const file = join(work, `${name}.json`)
    writeFileSync(file, asConfigFile(parse(readFileSync(new URL(name, folder), 'utf8')) as Snapshot))
    const args = ['--mode', 'validate', '--config-path', file, '--log-level', 'error']
    const { stdout } = await promisify(execFile)(envoyBinary(), args)
    expect(stdout).toContain('OK')
  })
})
