import { describe, expect, test } from '@jest/globals'
import { exists, filesMatching, workspacePackages } from './workspace.ts'

const packages = workspacePackages()

test('the workspace has deployables and libraries', () => {
  expect(packages.filter(({ role }) => role === 'library').length).toBeGreaterThan(0)
  expect(packages.filter(({ role }) => role === 'deployable').length).toBeGreaterThan(0)
})

describe.each(packages.map((entry) => [entry.folder, entry] as const))('%s', (folder, entry) => {
  test('says what it is for', () => {
    expect(exists(`${folder}/README.md`)).toBe(true)
  })

  test('is private, an ES module, and named after its folder', () => {
    expect(entry.manifest).toMatchObject({
      name: `@knative-ts/${folder.split('/').at(-1)}`,
      private: true,
      type: 'module',
    })
  })

  test('is imported as a library or started as a process', () => {
    expect(exists(`${folder}/src/main.ts`)).toBe(entry.role === 'deployable')
    expect(entry.manifest.exports !== undefined).toBe(entry.role === 'library')
  })

  test('exports files that exist', () => {
    const targets = Object.values(entry.manifest.exports ?? {})
    expect(targets.filter((target) => !exists(`${folder}/${target}`))).toEqual([])
  })
})

test('packages of the workspace ask for each other by their own version', () => {
  const versions = new Map(
    filesMatching('packages/*/package.json', 'packages/lib/*/package.json').map(({ text }) => {
      const { name, version } = JSON.parse(text) as { name: string; version: string }
      return [name, version]
    }),
  )
  const wrong = packages.flatMap(({ name, manifest }) =>
    Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
      .filter(([other, wanted]) => versions.has(other) && versions.get(other) !== wanted)
      .map(([other, wanted]) => `${name} asks for ${other} ${wanted}`),
  )
  expect(wrong).toEqual([])
})

test('the picture of the libraries in docs/architecture.md is what their package.json files say', () => {
  const libraries = packages.filter(({ role }) => role === 'library')
  const short = (name: string) => name.replace('@knative-ts/', '')
  const declared = libraries.flatMap(({ name, manifest }) =>
    libraries
      .filter((other) => other.name in (manifest.dependencies ?? {}))
      .map((other) => `${short(name)} --> ${short(other.name)}`),
  )
  const text = filesMatching('docs/architecture.md')[0]?.text ?? ''
  const drawn = [...text.matchAll(/^ {2}([a-z-]+ --> [a-z-]+)$/gm)].map(([, edge]) => edge)
  expect(drawn.sort()).toEqual(declared.sort())
})
