/** Writes testdata/NAME.out.json for every testdata/NAME.in.json. Run from anywhere; read the diff. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type GoldenInput, goldenOutput } from '../src/testing/golden-review.ts'

const folder = new URL('../testdata/', import.meta.url)
for (const file of readdirSync(folder).filter((name) => name.endsWith('.in.json'))) {
  const input = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as GoldenInput
  const output = `${JSON.stringify(await goldenOutput(input), undefined, 2)}\n`
  writeFileSync(new URL(file.replace('.in.', '.out.'), folder), output)
}
