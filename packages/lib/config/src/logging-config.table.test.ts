import { describe, expect, test } from '@jest/globals'
import { levelOf, parseLoggingConfig } from './logging-config.ts'

describe('config-logging', () => {
  test.each([
    [{}, { zapLoggerConfig: '', levels: {} }],
    [
      { 'zap-logger-config': '{}', 'loglevel.webhook': 'DEBUG', 'loglevel.x': '' },
      { zapLoggerConfig: '{}', levels: { webhook: 'debug' } },
    ],
    [{ 'zap-logger-config': 'no JSON' }, { zapLoggerConfig: 'no JSON', levels: {} }],
  ])('%j', (data: Record<string, string>, expected) => expect(parseLoggingConfig(data)).toEqual(expected))
  test.each(['verbose', 'Debug'])('refuses level %s', (level) => {
    expect(() => parseLoggingConfig({ 'loglevel.webhook': level })).toThrow(`invalid logging level: ${level}`)
  })
})

describe('the level of the webhook', () => {
  test.each([
    [{}, 'info'],
    [{ 'loglevel.activator': 'debug' }, 'info'],
    [{ 'zap-logger-config': '{"level":"warn"}' }, 'warn'],
    [{ 'zap-logger-config': '{"level":"warn"}', 'loglevel.webhook': 'debug' }, 'debug'],
    [{ 'zap-logger-config': '{"level":"warn"}', 'loglevel.webhook': '' }, 'warn'],
    [{ 'zap-logger-config': '{', 'loglevel.webhook': 'debug' }, 'debug'],
    [{ 'zap-logger-config': '{' }, undefined],
  ])('under %j is %s', (data: Record<string, string>, level) => {
    expect(levelOf(parseLoggingConfig(data), 'webhook')).toBe(level)
  })
})
