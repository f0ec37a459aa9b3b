import { readFileSync } from 'node:fs'

/** How a component is started: `node FLAGS BUNDLE`. */
export interface ComponentCommand {
  readonly flags: readonly string[]
  /** Path of the built bundle. */
  readonly bundle: string
}

/** What the `start` script of a component's package says, which its image and local mode do too. */
export function componentCommand(component: string): ComponentCommand {
  const folder = new URL(`../../packages/${component}/`, import.meta.url)
  const manifest = readFileSync(new URL('package.json', folder), 'utf8')
  const { scripts } = JSON.parse(manifest) as { scripts: { start: string } }
  const words = scripts.start.split(' ').slice(1)
  return { flags: words.slice(0, -1), bundle: new URL(words.at(-1)!, folder).pathname }
}
