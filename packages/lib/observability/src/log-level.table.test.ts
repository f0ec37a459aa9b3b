import { describe, expect, test } from '@jest/globals'
import { logLevelFrom } from './log-level.ts'

describe('the level of a component', () => {
  test.each([
    ['its own', 'debug', '{"level":"error"}', 'debug'],
    ['its own, whatever zap-logger-config is', 'warn', '{', 'warn'],
    ['its own in upper case', 'ERROR', '', 'error'],
    ['the nearest we have', 'dpanic', '', 'error'],
    ['that of zap-logger-config', '', '{"level":"debug","encoding":"json"}', 'debug'],
    ['that of zap-logger-config in any case', undefined, '{"level":"Warn"}', 'warn'],
    ['info without any', '', '', 'info'],
    ['info if zap-logger-config has none', '', '{"encoding":"json"}', 'info'],
    ['info if that is empty', '', '{"level":""}', 'info'],
    ['info if that is null', '', '{"level":null}', 'info'],
    ['info if zap-logger-config is null', '', 'null', 'info'],
    ['undecided if zap-logger-config is no JSON', '', '{level: debug}', undefined],
    ['undecided if it names no level', '', '{"level":"verbose"}', undefined],
    ['undecided if its level is no text', '', '{"level":1}', undefined],
  ])('is %s', (_, own, zapLoggerConfig, level) => expect(logLevelFrom(own, zapLoggerConfig)).toBe(level))
})
