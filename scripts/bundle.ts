/**
 * Bundles one deployable's `src/main.ts` into `dist/<name>.mjs`, so that its image holds one file and its
 * command line bears its name. Run from the package folder:
 * `node ../../scripts/bundle.ts <name> [<further name>=<entry point>…]`.
 */
import { rmSync } from 'node:fs'
import { build } from 'esbuild'

const [name, ...further] = process.argv.slice(2)
if (!name) throw new Error('usage: node ../../scripts/bundle.ts <name> [<further name>=<entry point>…]')

const entryPoints: Record<string, string> = { [name]: 'src/main.ts' }
for (const pair of further) {
  const [output = '', entry = ''] = pair.split('=')
  entryPoints[output] = entry
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
  // CommonJS dependencies inside an ES module bundle still call require() for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})
