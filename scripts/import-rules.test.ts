import { describe, expect, test } from '@jest/globals'
import { dependencyCycle, importsOf, importViolations } from './import-rules.ts'
import { sourceFiles, type WorkspacePackage, workspacePackages } from './workspace.ts'

function somePackage(folder: string, parts: Partial<WorkspacePackage['manifest']> = {}): WorkspacePackage {
  const name = `@knative-ts/${folder.split('/').at(-1)}`
  return {
    folder,
    name,
    role: folder.includes('/lib/') ? 'library' : 'deployable',
    manifest: { name, ...parts },
  }
}

const packages = [
  somePackage('packages/activator', { dependencies: { '@knative-ts/kube': '0.1.0', ws: '^8' } }),
  somePackage('packages/webhook', { devDependencies: { yaml: '^2' } }),
  somePackage('packages/lib/kube', {
    exports: { '.': './src/index.ts', './testing': './src/testing/index.ts' },
  }),
]

function problems(path: string, text: string): string[] {
  return importViolations({ path, text }, packages).map((line) => line.slice(line.indexOf(' ') + 1))
}

describe('the rules', () => {
  test.each([
    ["import { a } from '@knative-ts/webhook'", 'imports a deployable: @knative-ts/webhook'],
    ["import { a } from '@knative-ts/kube/src/x.ts'", 'is not exported: @knative-ts/kube/src/x.ts'],
    ["import { a } from '@knative-ts/cube'", 'names no package of this workspace: @knative-ts/cube'],
    [
      "import { a } from '../../lib/kube/src/index.ts'",
      'reaches out of its package: ../../lib/kube/src/index.ts',
    ],
    ["import { a } from './a'", 'names no file extension: ./a'],
    ["import { a } from 'fs'", 'needs the prefix node: fs'],
    ["import yaml from 'yaml'", 'is not declared in packages/activator/package.json: yaml'],
    ["const { a } = await import('undici')", 'is not declared in packages/activator/package.json: undici'],
    ["export {\n  a,\n} from '@knative-ts/webhook'", 'imports a deployable: @knative-ts/webhook'],
  ])('refuse %j', (text, problem) => {
    expect(problems('packages/activator/src/main.ts', text)).toEqual([problem])
  })

  test('refuse a library that imports a deployable, and the run-time use of what is for tests', () => {
    expect(problems('packages/lib/kube/src/a.ts', "import '@knative-ts/activator'")).toEqual([
      'imports a deployable: @knative-ts/activator',
    ])
    expect(problems('packages/webhook/src/a.ts', "import { parse } from 'yaml'")).toEqual([
      'is needed at run time but declared in devDependencies: yaml',
    ])
  })

  test.each([
    ['packages/activator/src/main.ts', "import { a } from '@knative-ts/kube'"],
    [
      'packages/activator/src/main.ts',
      "import 'ws'\nimport { a } from 'node:fs'\nimport { b } from './b.ts'",
    ],
    ['packages/activator/src/a.test.ts', "import { test } from '@jest/globals'"],
    ['packages/lib/kube/src/a.test.ts', "import { a } from '@knative-ts/kube/testing'"],
    ['packages/webhook/src/a.ts', "import type { Node } from 'yaml'\nimport { type A } from 'yaml'"],
    ['packages/webhook/src/a.test.ts', "import { parse } from 'yaml'"],
    ['packages/webhook/src/a.ts', "const text = `import it from '@knative-ts/activator' here`"],
  ])('allow, in %s, %j', (path, text) => {
    expect(problems(path, text)).toEqual([])
  })

  test('find the line of an import', () => {
    expect(importsOf("\nimport {\n  a,\n} from './a.ts'\n\nimport './b.ts'")).toEqual([
      { specifier: './a.ts', typeOnly: false, line: 2 },
      { specifier: './b.ts', typeOnly: false, line: 6 },
    ])
  })

  test('find a circle of dependencies', () => {
    const on = (name: string) => ({ dependencies: { [`@knative-ts/${name}`]: '0.1.0' } })
    const circle = [somePackage('packages/lib/a', on('b')), somePackage('packages/lib/b', on('a'))]
    expect(dependencyCycle(circle)).toEqual(['@knative-ts/a', '@knative-ts/b', '@knative-ts/a'])
    expect(dependencyCycle([...packages])).toBeUndefined()
  })
})

describe('this workspace', () => {
  const workspace = workspacePackages()

  test('imports only what the rules allow', () => {
    expect(sourceFiles().flatMap((file) => importViolations(file, workspace))).toEqual([])
  })

  test('has no circle among its packages', () => {
    expect(dependencyCycle(workspace)).toBeUndefined()
  })
})
