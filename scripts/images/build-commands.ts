import type { ImageSource } from './image-sources.ts'

export type Builder = 'docker' | 'buildah'

export interface BuildOptions {
  readonly registry: string
  readonly tag: string
  readonly push: boolean
  /** Such as `linux/amd64`; none means the builder's own. */
  readonly platforms: readonly string[]
  /** The source's commit, for the image's labels. */
  readonly revision: string
}

/** Full name of an image. */
export function imageName({ registry, tag }: Pick<BuildOptions, 'registry' | 'tag'>, name: string): string {
  return `${registry}/${name}:${tag}`
}

/** Command lines that build one image and, if asked to, push it, in order. */
export function buildCommands(builder: Builder, source: ImageSource, options: BuildOptions): string[][] {
  return builder === 'docker' ? dockerCommands(source, options) : buildahCommands(source, options)
}

function dockerCommands(source: ImageSource, options: BuildOptions): string[][] {
  const output = options.push ? ['--push', '--provenance=mode=max', '--sbom=true'] : ['--load']
  return [
    [
      ...['docker', 'buildx', 'build', '--file', source.dockerfile],
      ...['--tag', imageName(options, source.name)],
      ...buildArguments(options),
      ...platforms(options),
      ...output,
      source.context,
    ],
  ]
}

function buildahCommands(source: ImageSource, options: BuildOptions): string[][] {
  const name = imageName(options, source.name)
  const several = options.platforms.length > 1
  const build = [
    ...['buildah', 'build', '--file', source.dockerfile],
    ...(several ? ['--manifest', name] : ['--tag', name]),
    ...buildArguments(options),
    ...platforms(options),
    source.context,
  ]
  if (!options.push) return [build]
  const push = several ? ['buildah', 'manifest', 'push', '--all'] : ['buildah', 'push']
  return [build, [...push, name, `docker://${name}`]]
}

function buildArguments({ tag, revision }: BuildOptions): string[] {
  return ['--build-arg', `VERSION=${tag}`, '--build-arg', `REVISION=${revision}`]
}

function platforms({ platforms }: BuildOptions): string[] {
  return platforms.length > 0 ? ['--platform', platforms.join(',')] : []
}
