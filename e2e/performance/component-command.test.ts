import { expect, test } from '@jest/globals'
import { componentCommand } from './component-command.ts'

test.each(['activator', 'queue-proxy'])('%s is measured as its package starts it', (component) => {
  const { flags, bundle } = componentCommand(component)
  expect(flags).toEqual([expect.stringMatching(/^--max-semi-space-size=\d+$/)])
  expect(bundle).toMatch(new RegExp(`/packages/${component}/dist/${component}\\.mjs$`))
})
