import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { root } from './workspace.ts'

/** Runs one test of these statements, in a process of its own. */
function run(statements: string) {
  const folder = mkdtempSync(join(tmpdir(), 'knative-ts-run-ends-'))
  try {
    writeFileSync(join(folder, 'a.test.js'), `test('a', () => { ${statements} })`)
    const reporter = join(root, 'scripts/run-ends.ts')
    const config = { rootDir: folder, reporters: [[reporter, { closingMs: 500 }]] }
    writeFileSync(join(folder, 'jest.config.json'), JSON.stringify(config))
    const jest = join(root, 'node_modules/jest/bin/jest.js')
    return spawnSync(process.execPath, [jest, '-c', join(folder, 'jest.config.json'), '-i'], {
      encoding: 'utf8',
      timeout: 15_000,
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const leak = "require('net').createServer().listen(0)"

test.each([
  ['passes', leak],
  ['fails', `${leak}; throw new Error('a')`],
])('a run that %s and leaves something open ends all the same, as failed', (_name, statements) => {
  const { status, stderr } = run(statements)
  expect(stderr).toContain('0.5 s later this is still open: ')
  expect(stderr).toContain('TCPServerWrap')
  expect(status).toBe(1)
})

test('a run that leaves nothing open is as it was', () => {
  const { status, stderr } = run('')
  expect(stderr).not.toContain('still open')
  expect(status).toBe(0)
})
