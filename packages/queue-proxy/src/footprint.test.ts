import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'

const folder = dirname(fileURLToPath(import.meta.url))

/** Packages and Node modules that may be loaded before we listen. One sidecar runs beside every pod: think before adding. */
const allowedPackages = [
  '@bufbuild/protobuf',
  'apis',
  'clock',
  'http-proxy',
  'observability',
  'queue-proxy',
  'stats',
]
const allowedBuiltins = [
  'node:crypto',
  'node:fs/promises',
  'node:http',
  'node:net',
  'node:path',
  'node:stream',
]
const maxStaticBytes = 158_000
const maxTotalBytes = 520_000

describe('what the sidecar loads', () => {
  test('before it listens is little and known', async () => {
    const { metafile } = await build({
      entryPoints: [`${folder}/main.ts`],
      bundle: true,
      splitting: true,
      write: false,
      outdir: 'out',
      platform: 'node',
      target: 'node26',
      format: 'esm',
      mainFields: ['module', 'main'],
      minifySyntax: true,
      minifyWhitespace: true,
      metafile: true,
    })
    const { outputs } = metafile!
    const reached = new Set<string>()
    const builtins = new Set<string>()
    const visit = (path: string) => {
      if (reached.has(path)) return
      reached.add(path)
      for (const imported of outputs[path]!.imports) {
        if (imported.kind === 'dynamic-import') continue
        if (imported.external) builtins.add(imported.path)
        else visit(imported.path)
      }
    }
    visit(Object.keys(outputs).find((path) => outputs[path]!.entryPoint?.endsWith('src/main.ts'))!)
    const files = [...reached].flatMap((path) => Object.keys(outputs[path]!.inputs))
    const packages = new Set(files.map(packageOf))
    expect([...packages].filter((name) => !allowedPackages.includes(name))).toEqual([])
    expect([...builtins].filter((name) => !allowedBuiltins.includes(name))).toEqual([])
    const size = (paths: Iterable<string>) => [...paths].reduce((sum, path) => sum + outputs[path]!.bytes, 0)
    expect(size(reached)).toBeLessThan(maxStaticBytes)
    expect(size(Object.keys(outputs))).toBeLessThan(maxTotalBytes)
  })
})

function packageOf(file: string): string {
  const installed = file.split('node_modules/').at(-1)!
  if (installed !== file)
    return installed
      .split('/')
      .slice(0, installed.startsWith('@') ? 2 : 1)
      .join('/')
  return /(?:^|\/)([^/]+)\/src\//.exec(file)![1]!
}
