import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LocalError } from '../errors.ts'

/** An image of local mode: a folder, and how to start what is in it. */
export interface LocalImage {
  /** Working directory of the process. */
  readonly folder: string
  /** Command used when the container names none. */
  readonly entrypoint: readonly string[] | undefined
  /** Folders searched for programs before the host's PATH. */
  readonly path: readonly string[]
}

export interface ImageStoreOptions {
  /** Folders whose sub-folders are images; earlier ones win. */
  folders: readonly string[]
  /** Images that are not found by folder, by full name without tag. */
  known: Readonly<Record<string, () => LocalImage | Promise<LocalImage>>>
}

const localRegistry = 'dev.local/'

/** Finds the folder behind an image name: `dev.local/NAME` is the folder NAME. */
export class ImageStore {
  readonly #options: ImageStoreOptions

  constructor(options: ImageStoreOptions) {
    this.#options = options
  }

  /** @throws LocalError IMAGE_NOT_FOUND or IMAGE_INVALID with the cure */
  async resolve(image: string): Promise<LocalImage> {
    const name = imageName(image)
    const known = this.#options.known[name]
    if (known) return known()
    if (!name.startsWith(localRegistry)) {
      throw new LocalError(
        'IMAGE_NOT_FOUND',
        `image ${image} is not a folder: local mode runs images named dev.local/NAME, where NAME is a folder in ${this.#options.folders.join(' or ')}`,
      )
    }
    const relative = name.slice(localRegistry.length)
    for (const root of this.#options.folders) {
      const folder = resolve(root, relative)
      if (folder.startsWith(resolve(root)) && existsSync(folder)) return describe(folder)
    }
    throw new LocalError(
      'IMAGE_NOT_FOUND',
      `image ${image} not found: make a folder ${relative} in ${this.#options.folders.join(' or ')}`,
    )
  }
}

/** The image name without its tag and digest. */
export function imageName(image: string): string {
  const withoutDigest = image.split('@', 1)[0] ?? image
  const slash = withoutDigest.lastIndexOf('/')
  const colon = withoutDigest.indexOf(':', slash + 1)
  return colon < 0 ? withoutDigest : withoutDigest.slice(0, colon)
}

function describe(folder: string): LocalImage {
  const manifest = join(folder, 'package.json')
  const path = [join(folder, 'node_modules', '.bin')]
  if (!existsSync(manifest)) return { folder, entrypoint: undefined, path }
  let start: unknown
  try {
    start = (JSON.parse(readFileSync(manifest, 'utf8')) as { scripts?: { start?: unknown } }).scripts?.start
  } catch (error) {
    throw new LocalError('IMAGE_INVALID', `${manifest} is not valid JSON`, error)
  }
  return { folder, path, entrypoint: typeof start === 'string' ? startCommand(start) : undefined }
}

/** A plain command runs directly; one that uses the shell's syntax runs through it. */
function startCommand(script: string): string[] {
  return /[|&;<>()$`\\"'*?[\]#~=%]/.test(script) ? ['/bin/sh', '-c', script] : script.trim().split(/\s+/)
}
