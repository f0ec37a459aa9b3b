import type { LogLevel } from './logger.ts'

/**
 * The level of a component: its own if it has one, else the `level` in the text of `zap-logger-config`, else info.
 * Undefined if that text can't be used: a component that runs then keeps the level it has, one that starts takes info.
 * @param own value of `loglevel.<component>`
 * @param zapLoggerConfig settings of zap as JSON, or empty
 */
export function logLevelFrom(own: string | undefined, zapLoggerConfig: string): LogLevel | undefined {
  const level = parseLogLevel(own)
  if (level) return level
  if (zapLoggerConfig === '') return 'info'
  try {
    const inZap = (JSON.parse(zapLoggerConfig) as { readonly level?: unknown } | null)?.level ?? ''
    if (inZap === '') return 'info'
    return typeof inZap === 'string' ? parseLogLevel(inZap) : undefined
  } catch {
    return undefined
  }
}

/** Undefined if `text` names no level of zap. */
function parseLogLevel(text: string | undefined): LogLevel | undefined {
  switch (text?.trim().toLowerCase()) {
    case 'debug':
      return 'debug'
    case 'info':
      return 'info'
    case 'warn':
    case 'warning':
      return 'warn'
    case 'error':
    case 'dpanic':
    case 'panic':
    case 'fatal':
      return 'error'
    default:
      return undefined
  }
}
