import { basename, dirname } from 'node:path'
import { filesMatching } from '../workspace.ts'

/** Something that an image is built from. */
export interface ImageSource {
  readonly name: string
  /** Relative to the repository's root, as is `context`. */
  readonly dockerfile: string
  readonly context: string
}

/** The services, by their Dockerfiles. */
export function componentImages(): ImageSource[] {
  return filesMatching('deploy/images/*.Dockerfile').map(({ path }) => ({
    name: basename(path, '.Dockerfile'),
    dockerfile: path,
    context: '.',
  }))
}

/** The programs that the e2e suites run. */
export function testImages(): ImageSource[] {
  return filesMatching('e2e/images/*/Dockerfile').map(({ path }) => ({
    name: basename(dirname(path)),
    dockerfile: path,
    context: dirname(path),
  }))
}
