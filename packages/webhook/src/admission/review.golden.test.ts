import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { type GoldenInput, goldenOutput } from '../testing/golden-review.ts'

const folder = new URL('../../testdata/', import.meta.url)
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as unknown
const names = readdirSync(folder).flatMap((file) =>
  file.endsWith('.in.json') ? [file.slice(0, -'.in.json'.length)] : [],
)

test.each(names)('%s (rewrite with: node scripts/rewrite-golden.ts)', async (name) => {
  expect(await goldenOutput(read(`${name}.in.json`) as GoldenInput)).toEqual(read(`${name}.out.json`))
})
