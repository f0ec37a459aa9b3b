import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SoakError } from '../errors.ts'

const packages = new URL('../../../../packages/', import.meta.url).pathname

/** Copies of the bundles under test, so that a build in the meantime changes nothing about a run. */
export class Bundles {
  readonly #folder = mkdtempSync(join(tmpdir(), 'knative-ts-soak-'))

  /** Path of a bundle. @throws SoakError NOT_BUILT */
  path(name: 'activator' | 'queue-proxy'): string {
    const copy = join(this.#folder, `${name}.mjs`)
    if (existsSync(copy)) return copy
    const built = join(packages, name, 'dist', `${name}.mjs`)
    if (!existsSync(built)) throw new SoakError('NOT_BUILT', `${built} is missing; run "npm run build"`)
    copyFileSync(built, copy)
    return copy
  }

  /** A file beside them. */
  file(name: string): string {
    return join(this.#folder, name)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }
}
