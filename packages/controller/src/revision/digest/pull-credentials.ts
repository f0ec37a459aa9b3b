import type { ImageReference } from './image-reference.ts'

/** User name and password for a registry, or an OAuth2 identity token in place of both. */
export interface RegistryLogin {
  readonly username: string
  readonly password: string
  readonly identityToken?: string
}

/** Finds the login for an image. */
export interface PullCredentials {
  loginFor(reference: ImageReference): RegistryLogin | undefined
}

/** Pulls without a login. */
export const anonymous: PullCredentials = { loginFor: () => undefined }

interface Entry {
  hostLabels: string[]
  port: string
  path: string
  length: number
  login: RegistryLogin
}

/**
 * The logins of Docker configuration files, as pull secrets hold them. Files given first win; within a file
 * the longest matching key does. `*` in a key stands for any part of one host label.
 * @param configs parsed `.dockerconfigjson` (with `auths`) or `.dockercfg` (without) contents
 */
export function dockerCredentials(configs: readonly unknown[]): PullCredentials {
  const files = configs.map((config) => entriesOf(config).sort((a, b) => b.length - a.length))
  return {
    loginFor: (reference) => {
      for (const entries of files) {
        const entry = entries.find((candidate) => matches(candidate, reference))
        if (entry) return entry.login
      }
      return undefined
    },
  }
}

function entriesOf(config: unknown): Entry[] {
  if (!isRecord(config)) return []
  const auths = isRecord(config['auths']) ? config['auths'] : config
  const entries: Entry[] = []
  for (const [key, value] of Object.entries(auths)) {
    const login = loginOf(value)
    if (login) entries.push({ ...locationOf(key), length: key.length, login })
  }
  return entries
}

/** Keys may be URLs, with the API version that old clients wrote into them. */
function locationOf(key: string): Pick<Entry, 'hostLabels' | 'port' | 'path'> {
  const bare = key
    .replace(/^https?:\/\//, '')
    .replace(/\/v[12]\/?$/, '')
    .replace(/\/$/, '')
  const slash = bare.indexOf('/')
  const authority = slash < 0 ? bare : bare.slice(0, slash)
  const [host = '', port = ''] = authority.split(':')
  const name = host === 'docker.io' ? 'index.docker.io' : host
  return { hostLabels: name.split('.'), port, path: slash < 0 ? '' : bare.slice(slash + 1) }
}

function matches({ hostLabels, port, path }: Entry, { registry, repository }: ImageReference): boolean {
  const [host = '', registryPort = ''] = registry.split(':')
  const labels = host.split('.')
  return (
    port === registryPort &&
    labels.length === hostLabels.length &&
    hostLabels.every((pattern, i) => matchesLabel(pattern, labels[i] ?? '')) &&
    (path === '' || repository === path || repository.startsWith(`${path}/`))
  )
}

function matchesLabel(pattern: string, label: string): boolean {
  if (!pattern.includes('*')) return pattern === label
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(label)
}

function loginOf(value: unknown): RegistryLogin | undefined {
  if (!isRecord(value)) return undefined
  const text = (key: string) => (typeof value[key] === 'string' ? value[key] : '')
  const decoded = Buffer.from(text('auth'), 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  const username = text('username') || (colon < 0 ? '' : decoded.slice(0, colon))
  const password = text('password') || (colon < 0 ? '' : decoded.slice(colon + 1))
  const identityToken = text('identitytoken')
  if (!username && !identityToken) return undefined
  return { username, password, ...(identityToken ? { identityToken } : {}) }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
