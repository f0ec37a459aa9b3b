/**
 * Bundles one deployable's `src/main.ts` into `dist/<name>.mjs`, so that its image holds one file and its
 * command line bears its name. Run from the package folder: `node ../../scripts/bundle.ts <name>`.
 */
import { rmSync } from 'node:fs'
import { build } from 'esbuild'

const name = process.argv[2]
if (!name) throw new Error('usage: node ../../scripts/bundle.ts <name>')

rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints: ['src/main.ts'],
  outfile: `dist/${name}.mjs`,
  bundle: true,
  platform: 'node',
  target: 'node26',
  format: 'esm',
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: false,
  legalComments: 'none',
  sourcemap: 'linked',
  // CommonJS dependencies inside an ES module bundle still call require() for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})
