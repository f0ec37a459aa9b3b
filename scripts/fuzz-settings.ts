import fc from '../node_modules/fast-check/lib/fast-check.js'

/*
 * Stands in for `fast-check` in tests. `npm test` draws the same values every time, so that it says something
 * about a change and not about luck; `npm run fuzz` sets both variables to look for new ones.
 */
const { FUZZ_SEED = '20261123', FUZZ_RUNS = '100' } = process.env
fc.configureGlobal({ seed: Number(FUZZ_SEED), numRuns: Number(FUZZ_RUNS) })

export * from '../node_modules/fast-check/lib/fast-check.js'
export { default } from '../node_modules/fast-check/lib/fast-check.js'
