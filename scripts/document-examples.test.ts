import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { examplesOf } from './document-examples.ts'
import { filesMatching, root, type SourceFile } from './workspace.ts'

// Below node_modules, so that examples import packages as users do and no other tool looks at them.
const folder = join(root, 'node_modules/.cache/document-examples', String(process.pid))
beforeAll(() => {
  mkdirSync(folder, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the compiler says about examples, with the document's name in place of the file's. */
function complaints(examples: readonly SourceFile[]): string[] {
  const names = examples.map((_, i) => `example-${i}.ts`)
  for (const [i, { text }] of examples.entries()) writeFileSync(join(folder, names[i]!), text)
  const config = { extends: join(root, 'tsconfig.json'), files: names, include: [], exclude: [] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(root, 'node_modules/.bin/tsc')
  const { stdout, status, error } = spawnSync(tsc, ['-p', folder, '--pretty', 'false'], { encoding: 'utf8' })
  if (error) throw error
  if (status === 0) return []
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/^.*?example-(\d+)\.ts/, (_, i) => examples[Number(i)]!.path))
}

test('an example that is wrong is found, at its line', () => {
  const text = "# Title\n\n```ts\nimport { nothing } from '@knative-ts/clock'\n\nnothing()\n```\n"
  expect(complaints(examplesOf({ path: 'a.md', text }))).toEqual([
    expect.stringMatching(/^a\.md:3\(4,10\): error TS2305/),
  ])
})

test('examples in documents compile', () => {
  const documents = filesMatching('*.md', '{docs,packages,charts,deploy,samples,e2e}/**/*.md')
  const examples = documents.flatMap(examplesOf)
  expect(examples.length).toBeGreaterThan(0)
  expect(complaints(examples)).toEqual([])
})
