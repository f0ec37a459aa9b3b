/**
 * Bundles one deployable's `src/main.ts` into `dist/<name>.mjs`, so that its image holds one file and its
 * command line bears its name. Run from the package folder:
 * `node ../../scripts/bundle.ts <name> [<further name>=<entry point>…]`.
 */
import { rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { build, type Plugin } from 'esbuild'

const [name, ...further] = process.argv.slice(2)
if (!name) throw new Error('usage: node ../../scripts/bundle.ts <name> [<further name>=<entry point>…]')

const entryPoints: Record<string, string> = { [name]: 'src/main.ts' }
for (const pair of further) {
  const [output = '', entry = ''] = pair.split('=')
  entryPoints[output] = entry
}

/**
 * Node's modules, taken as they are. An import statement would make Node copy each export of theirs, which loads what
 * hides behind lazy ones: for `node:http` that is a whole WebSocket client, 18 MB and tens of milliseconds of every start.
 */
const nodeModules: Plugin = {
  name: 'node-modules-as-they-are',
  setup(bundler) {
    bundler.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) => {
      if (kind === 'require-call' || !isBuiltin(path)) return undefined
      return { path, namespace: 'builtin' }
    })
    bundler.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}

rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints,
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node26',
  format: 'esm',
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  sourcemap: 'linked',
  plugins: [nodeModules],
  // CommonJS dependencies inside an ES module bundle still call require() for Node's own modules.
  banner: {
    js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})
