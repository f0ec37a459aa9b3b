import { parseArgs } from 'node:util'
import { MigrateError, messageOf, migrateErrorCodes } from './errors.ts'

/** What the process was started for. */
export type Job =
  | { readonly kind: 'storage-version-migration'; readonly definitions: readonly string[] }
  | { readonly kind: 'cleanup' }
  | { readonly kind: 'default-domain'; readonly magicDNS: string }

/** Component names, for logs and for their levels in `config-logging`. */
export const jobLoggerNames: Readonly<Record<Job['kind'], string>> = {
  'storage-version-migration': 'storage-migrator',
  cleanup: 'old-resource-cleanup',
  'default-domain': 'default-domain',
}

const usage = `name one job:
  storage-version-migration DEFINITION…    such as services.serving.knative.dev
  cleanup
  default-domain --magic-dns=DOMAIN        such as sslip.io`

/**
 * Reads the command line. `-magic-dns` may have one dash, as upstream's has.
 * @throws MigrateError with the usage
 */
export function parseJob(words: readonly string[]): Job {
  const [kind, ...rest] = words
  switch (kind) {
    case 'storage-version-migration':
      return { kind, definitions: definitionNames(rest) }
    case 'cleanup':
      if (rest.length > 0) throw usageError(`cleanup takes no arguments, but got ${rest.join(' ')}`)
      return { kind }
    case 'default-domain':
      return { kind, magicDNS: magicDNS(rest) }
    default:
      throw usageError(kind === undefined ? 'no job is named' : `there is no job ${kind}`)
  }
}

function definitionNames(words: readonly string[]): readonly string[] {
  if (words.length === 0) throw usageError('storage-version-migration needs the names of definitions')
  const wrong = words.find(
    (word) => !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/.test(word),
  )
  if (wrong !== undefined) {
    throw usageError(`${JSON.stringify(wrong)} is not the name of a CustomResourceDefinition, plural.group`)
  }
  return words
}

function magicDNS(words: readonly string[]): string {
  let domain: string | undefined
  try {
    const args = words.map((word) => word.replace(/^-(?=magic-dns\b)/, '--'))
    domain = parseArgs({ args, options: { 'magic-dns': { type: 'string' } } }).values['magic-dns']
  } catch (error) {
    throw usageError(messageOf(error))
  }
  if (!domain) throw usageError('default-domain needs --magic-dns')
  return domain
}

function usageError(problem: string): MigrateError {
  return new MigrateError(migrateErrorCodes.usage, `${problem}; ${usage}`)
}
