import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { componentCommand } from '../../component-command.ts'
import { SoakError } from '../errors.ts'

/** Copies of the bundles under test, so that a build in the meantime changes nothing about a run. */
export class Bundles {
  readonly #folder = mkdtempSync(join(tmpdir(), 'knative-ts-soak-'))

  /** Arguments of Node that run a bundle as its image does. @throws SoakError NOT_BUILT */
  command(name: 'activator' | 'queue-proxy'): string[] {
    const { flags, bundle } = componentCommand(name)
    const copy = join(this.#folder, `${name}.mjs`)
    if (!existsSync(copy)) {
      if (!existsSync(bundle)) throw new SoakError('NOT_BUILT', `${bundle} is missing; run "npm run build"`)
      copyFileSync(bundle, copy)
    }
    return [...flags, copy]
  }

  /** A file beside them. */
  file(name: string): string {
    return join(this.#folder, name)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }
}
