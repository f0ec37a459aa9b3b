import { expect, test } from '@jest/globals'
import { parseObservability } from './observability-settings.ts'

test.each([
  ['enabled', undefined, 8008],
  ['enabled', '', 8008],
  ['enabled', '8018', 8018],
  ['disabled', '8018', undefined],
])('profiling that is %s, with PROFILING_PORT %j: served on %s', (profiling, variable, port) => {
  const json = JSON.stringify({ runtime: { profiling } })
  const settings = parseObservability('OBSERVABILITY_CONFIG', json, { PROFILING_PORT: variable })
  expect(settings.profilingPort).toBe(port)
})
