import { describe, expect, test } from '@jest/globals'
import { parseLoggingConfig } from './logging-config.ts'

describe('config-logging', () => {
  test.each([
    [{}, { zapLoggerConfig: '', levels: {} }],
    [
      { 'zap-logger-config': '{}', 'loglevel.webhook': 'DEBUG', 'loglevel.x': '' },
      { zapLoggerConfig: '{}', levels: { webhook: 'debug' } },
    ],
  ])('%j', (data: Record<string, string>, expected) => expect(parseLoggingConfig(data)).toEqual(expected))
  test.each(['verbose', 'Debug'])('refuses level %s', (level) => {
    expect(() => parseLoggingConfig({ 'loglevel.webhook': level })).toThrow(`invalid logging level: ${level}`)
  })
})
