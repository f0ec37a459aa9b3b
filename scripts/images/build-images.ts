/** `npm run images`: builds the images of the services, with Docker or Buildah, whichever is there. */
import { execFileSync, spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { exists, filesMatching, root } from '../workspace.ts'
import { type Builder, buildCommands, imageName } from './build-commands.ts'
import { componentImages, type ImageSource, testImages } from './image-sources.ts'

const usage = `Usage: npm run images -- [options] [NAME…]     images of the services; a NAME narrows it to that one

Options
  --registry PREFIX   where they belong: PREFIX/NAME:TAG     (default: ghcr.io/knative-ts)
  --tag TAG                                                  (default: the project's version)
  --push              push each, with provenance where the builder can
  --platform LIST     such as linux/amd64,linux/arm64        (default: this machine's)
  --builder NAME      docker or buildah                      (default: the first that works)
  --test-images       those of e2e/images instead
  --help              this text

Run "npm run build" first.
`

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      registry: { type: 'string', default: 'ghcr.io/knative-ts' },
      tag: { type: 'string', default: projectVersion() },
      push: { type: 'boolean', default: false },
      platform: { type: 'string', default: '' },
      builder: { type: 'string' },
      'test-images': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(usage)
    return
  }
  const sources = chosen(values['test-images'] ? testImages() : componentImages(), positionals)
  const builder = builderCalled(values.builder)
  const options = { ...values, platforms: values.platform.split(',').filter(Boolean), revision: revision() }
  for (const source of sources) {
    if (source.context === '.') requireBundle(source)
    for (const [program = '', ...args] of buildCommands(builder, source, options)) {
      const { status, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2] })
      if (status !== 0) {
        throw new Error(`building ${source.name} failed: ${[program, ...args].join(' ')}`, {
          cause: error,
        })
      }
    }
    process.stdout.write(`${imageName(values, source.name)}\n`)
  }
}

function chosen(sources: ImageSource[], names: string[]): ImageSource[] {
  const known = sources.map(({ name }) => name)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new Error(`no image ${unknown.join(', ')}: there are ${known.join(', ')}`)
  return names.length === 0 ? sources : sources.filter(({ name }) => names.includes(name))
}

function builderCalled(wanted: string | undefined): Builder {
  if (wanted !== undefined && wanted !== 'docker' && wanted !== 'buildah') {
    throw new Error(`--builder ${wanted}: it must be docker or buildah`)
  }
  if (wanted !== 'buildah' && works('docker', 'info') && works('docker', 'buildx', 'version')) return 'docker'
  if (wanted !== 'docker' && works('buildah', 'version')) return 'buildah'
  const names = wanted ?? 'neither Docker (with buildx and a running daemon) nor Buildah'
  throw new Error(
    wanted === undefined ? `${names} can be used here; install one of them` : `${names} cannot be used here`,
  )
}

function works(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

function requireBundle({ name }: ImageSource): void {
  const file = `packages/${name}/dist/${name}.mjs`
  if (!exists(file)) throw new Error(`${file} is missing: run "npm run build" first`)
}

function projectVersion(): string {
  const [manifest] = filesMatching('package.json')
  return (JSON.parse(manifest?.text ?? '{}') as { version: string }).version
}

function revision(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

try {
  main()
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`)
  process.exitCode = 1
}
