import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { globSync } from 'node:fs'

/** Runs the tests that draw values with a seed of the moment and many more runs: `npm run fuzz -- [FILE…]`. */
const { FUZZ_SEED: seed = String(randomInt(2 ** 31)), FUZZ_RUNS: runs = '3000' } = process.env
const named = process.argv.slice(2)
const files =
  named.length > 0 ? named : globSync('packages/**/*.fuzz.test.ts', { exclude: ['**/node_modules/**'] })
process.stdout.write(`FUZZ_SEED=${seed} FUZZ_RUNS=${runs}: give both to npm run fuzz to see the same again\n`)
const jest = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
]
const { status } = spawnSync(process.execPath, [...jest, '--testTimeout', '600000', ...files], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ_SEED: seed, FUZZ_RUNS: runs },
})
process.exitCode = status ?? 1
