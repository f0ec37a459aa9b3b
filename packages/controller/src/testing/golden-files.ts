import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parse, stringify } from 'yaml'

const rewrite = process.env['UPDATE_GOLDEN'] === '1'

/**
 * One test per `NAME.in.yaml` of a folder: what `render` makes of it must be `NAME.out.yaml`. `npm run golden`
 * in this package rewrites the outputs and removes those without an input.
 */
export function testGoldenFiles<T>(folder: string, render: (input: T) => Promise<unknown>): void {
  const files = readdirSync(folder)
  const names = files.filter((file) => file.endsWith('.in.yaml')).map((file) => basename(file, '.in.yaml'))

  test.each(names)('%s', async (name) => {
    const made = await render(parse(readFileSync(join(folder, `${name}.in.yaml`), 'utf8')) as T)
    const actual = stringify(made, { lineWidth: 0, aliasDuplicateObjects: false })
    const expected = join(folder, `${name}.out.yaml`)
    if (rewrite) writeFileSync(expected, actual)
    expect(actual).toBe(existsSync(expected) ? readFileSync(expected, 'utf8') : undefined)
  })

  test('every output belongs to an input', () => {
    const stale = files.filter(
      (file) => file.endsWith('.out.yaml') && !names.includes(basename(file, '.out.yaml')),
    )
    if (rewrite) for (const file of stale) rmSync(join(folder, file))
    expect(rewrite ? [] : stale).toEqual([])
  })
}
