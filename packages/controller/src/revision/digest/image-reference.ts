import { ImageReferenceError } from '../errors.ts'

/** An image's name, taken apart. */
export interface ImageReference {
  /** Host and perhaps port; Docker Hub is `index.docker.io`. */
  readonly registry: string
  readonly repository: string
  /** `latest` if the name has neither tag nor digest. */
  readonly tag: string
  /** `sha256:…`, if the name has one. */
  readonly digest: string | undefined
}

const dockerHub = 'index.docker.io'
const dockerHubAliases: ReadonlySet<string> = new Set(['docker.io', dockerHub])
const repositoryPattern = /^[a-z0-9._/-]{2,255}$/
const tagPattern = /^[\w.-]{1,128}$/
const digestPattern = /^sha256:[0-9a-f]{64}$/
const registryPattern = /^(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d+)?$/

/**
 * Takes an image's name apart by Docker's rules.
 * @throws ImageReferenceError
 */
export function parseImageReference(image: string): ImageReference {
  const [name = '', digest, ...rest] = image.split('@')
  if (rest.length > 0) throw new ImageReferenceError(image, 'more than one @')
  if (digest !== undefined && !digestPattern.test(digest)) {
    throw new ImageReferenceError(image, `${JSON.stringify(digest)} is not sha256: and 64 hex digits`)
  }
  const lastColon = name.lastIndexOf(':')
  const hasTag = lastColon > name.lastIndexOf('/')
  const path = hasTag ? name.slice(0, lastColon) : name
  const tag = hasTag ? name.slice(lastColon + 1) : 'latest'
  if (!tagPattern.test(tag)) {
    throw new ImageReferenceError(image, `the tag ${JSON.stringify(tag)} has characters that no tag has`)
  }
  const { registry, repository } = splitRegistry(path)
  if (!registryPattern.test(registry)) {
    throw new ImageReferenceError(image, `${JSON.stringify(registry)} is no registry host`)
  }
  if (!repositoryPattern.test(repository)) {
    throw new ImageReferenceError(
      image,
      `the repository ${JSON.stringify(repository)} must be 2 to 255 of a-z, 0-9, and any of "._-/"`,
    )
  }
  return { registry, repository, tag, digest }
}

/** The first path element is a host if it looks like one; anything else lives on Docker Hub. */
function splitRegistry(path: string): { registry: string; repository: string } {
  const slash = path.indexOf('/')
  const first = path.slice(0, Math.max(slash, 0))
  const isHost = /[.:]/.test(first) || first === 'localhost'
  const registry = isHost ? first : dockerHub
  const repository = isHost ? path.slice(slash + 1) : path
  if (!dockerHubAliases.has(registry)) return { registry, repository }
  const official = repository !== '' && !repository.includes('/')
  return { registry: dockerHub, repository: official ? `library/${repository}` : repository }
}
