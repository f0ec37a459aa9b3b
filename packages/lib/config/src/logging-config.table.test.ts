import { describe, expect, test } from '@jest/globals'
import type { LevelSwitch } from '@knative-ts/observability'
import { RecordingLogger } from '@knative-ts/observability/testing'
import { followLogLevel, levelOf, parseLoggingConfig } from './logging-config.ts'

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

test('a change of level is logged, and nothing else is', () => {
  const level: LevelSwitch = { level: 'info' }
  const logger = new RecordingLogger()
  let logging = parseLoggingConfig({})
  let changed = () => {}
  const onChange = (listener: () => void) => {
    changed = listener
  }
  followLogLevel({ snapshot: () => ({ logging }), onChange }, level, 'webhook', logger)
  const follow = (data: Record<string, string>) => {
    logging = parseLoggingConfig(data)
    changed()
  }
  follow({})
  follow({ 'loglevel.activator': 'debug' })
  follow({ 'loglevel.webhook': 'debug' })
  follow({ 'loglevel.webhook': 'debug' })
  follow({ 'zap-logger-config': '{' })
  expect(level.level).toBe('debug')
  follow({})
  expect(level.level).toBe('info')
  expect(logger.lines).toEqual([
    { level: 'info', message: 'Updating logging level for webhook from info to debug.', fields: {} },
    { level: 'info', message: 'Updating logging level for webhook from debug to info.', fields: {} },
  ])
})
