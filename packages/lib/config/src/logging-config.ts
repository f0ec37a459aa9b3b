import { ConfigValueError } from './errors.ts'
import type { LoggingConfig } from './types.ts'

const levelPrefix = 'loglevel.'
const levels = new Set(['debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal'])

/** Parses `config-logging`. @throws ConfigValueError for a level that does not exist */
export function parseLoggingConfig(data: Readonly<Record<string, string>>): LoggingConfig {
  const parsed: Record<string, string> = {}
  for (const [key, value] of Object.entries(data)) {
    const component = key.startsWith(levelPrefix) ? key.slice(levelPrefix.length) : ''
    if (component === '' || value === '') continue
    const lower = value.toLowerCase()
    if (!levels.has(lower) || (value !== lower && value !== value.toUpperCase())) {
      throw new ConfigValueError(`invalid logging level: ${value}`)
    }
    parsed[component] = lower
  }
  return { zapLoggerConfig: data['zap-logger-config'] ?? '', levels: parsed }
}
