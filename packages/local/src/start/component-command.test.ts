import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { componentCommand } from './component-command.ts'

test('a component runs with the flags of its start script', () => {
  const folder = mkdtempSync(join(tmpdir(), 'knative-ts-component-'))
  try {
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ scripts: { start: 'node --max-semi-space-size=2 dist/thing.mjs' } }),
    )
    expect(componentCommand(folder)).toEqual([
      process.execPath,
      '--max-semi-space-size=2',
      join(folder, 'dist/thing.mjs'),
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
