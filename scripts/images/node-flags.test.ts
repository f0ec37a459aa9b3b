import { basename } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { filesMatching, workspacePackages } from '../workspace.ts'

const startScripts = new Map(
  workspacePackages().map(({ folder, manifest }) => [basename(folder), manifest.scripts?.['start']]),
)

/** Words of an instruction in the form of a JSON list. */
function wordsOf(dockerfile: string, instruction: string, part = ''): string[] | undefined {
  const list = new RegExp(`^${instruction} (\\[.*${part}.*\\])$`, 'm').exec(dockerfile)?.[1]
  return list === undefined ? undefined : (JSON.parse(list) as string[])
}

describe.each(
  filesMatching('deploy/images/*.Dockerfile').map(({ path, text }) => [basename(path, '.Dockerfile'), text]),
)('the image of %s', (name, dockerfile) => {
  const [program, ...words] = startScripts.get(name)?.split(' ') ?? []
  const flags = words.slice(0, -1)

  test("starts as the package's start script does", () => {
    expect([program, words.at(-1)]).toEqual(['node', `dist/${name}.mjs`])
    expect(wordsOf(dockerfile, 'ENTRYPOINT')).toEqual(['/nodejs/bin/node', ...flags, `/app/${name}.mjs`])
  })

  test('has a compile cache that was made with the same flags, if it has one', () => {
    const warm = wordsOf(dockerfile, 'RUN', 'warm-compile-cache')
    expect(warm).toEqual(
      dockerfile.includes('NODE_COMPILE_CACHE')
        ? [
            '/nodejs/bin/node',
            ...flags,
            '/warm/warm-compile-cache.ts',
            `/app/${name}.mjs`,
            '/tmp/compile-cache',
          ]
        : undefined,
    )
  })
})
