import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The command that runs a component: the `start` script of its package, `node [flags] dist/NAME.mjs`, with the Node that runs this.
 * Its image starts with the same flags, which a test compares.
 * @param folder of the package
 */
export function componentCommand(folder: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    scripts: { start: string }
  }
  const [, ...words] = scripts.start.split(' ')
  return [process.execPath, ...words.map((word) => (word.startsWith('-') ? word : join(folder, word)))]
}
