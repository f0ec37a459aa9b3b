import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'

const packageFolder = resolve('packages/lib/stats')
const buf = resolve('node_modules/.bin/buf')

test('the committed codecs are what the proto files generate', () => {
  expect(existsSync(buf)).toBe(true)
  const folder = mkdtempSync(join(tmpdir(), 'stats-proto-'))
  try {
    execFileSync(buf, ['generate', '--output', folder], {
      cwd: packageFolder,
      env: { ...process.env, BUF_CACHE_DIR: folder },
    })
    for (const file of readdirSync(join(packageFolder, 'src/gen'))) {
      expect(readFileSync(join(folder, 'src/gen', file), 'utf8')).toBe(
        readFileSync(join(packageFolder, 'src/gen', file), 'utf8'),
      )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
