import { describe, expect, test } from '@jest/globals'
import { type BuildOptions, buildCommands } from './build-commands.ts'
import type { ImageSource } from './image-sources.ts'

const source: ImageSource = { name: 'webhook', dockerfile: 'deploy/images/webhook.Dockerfile', context: '.' }
const plain: BuildOptions = { registry: 'r.test/kn', tag: '1', push: false, platforms: [], revision: 'abc' }
const args = '--build-arg VERSION=1 --build-arg REVISION=abc'
const both = { platforms: ['linux/amd64', 'linux/arm64'] }

describe('the commands that build an image', () => {
  test.each([
    [
      'docker',
      {},
      [
        `docker buildx build --file deploy/images/webhook.Dockerfile --tag r.test/kn/webhook:1 ${args} --load .`,
      ],
    ],
    [
      'docker',
      { ...both, push: true },
      [
        `docker buildx build --file deploy/images/webhook.Dockerfile --tag r.test/kn/webhook:1 ${args} --platform linux/amd64,linux/arm64 --push --provenance=mode=max --sbom=true .`,
      ],
    ],
    [
      'buildah',
      {},
      [`buildah build --file deploy/images/webhook.Dockerfile --tag r.test/kn/webhook:1 ${args} .`],
    ],
    [
      'buildah',
      { ...both, push: true },
      [
        `buildah build --file deploy/images/webhook.Dockerfile --manifest r.test/kn/webhook:1 ${args} --platform linux/amd64,linux/arm64 .`,
        'buildah manifest push --all r.test/kn/webhook:1 docker://r.test/kn/webhook:1',
      ],
    ],
  ] as const)('%s %j', (builder, change, wanted) => {
    const commands = buildCommands(builder, source, { ...plain, ...change })
    expect(commands.map((words) => words.join(' '))).toEqual(wanted)
  })
})
