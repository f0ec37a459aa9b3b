import { type LevelSwitch, type Logger, type LogLevel, logLevelFrom } from '@knative-ts/observability'
import { ConfigValueError } from './errors.ts'
import type { LoggingConfig } from './types.ts'

const levelPrefix = 'loglevel.'
const levelNames = new Set(['debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal'])

/**
 * Parses `config-logging`. As upstream, it takes any text as `zap-logger-config`; what `levelOf` can't use, it ignores.
 * @throws ConfigValueError for a level of a component that does not exist
 */
export function parseLoggingConfig(data: Readonly<Record<string, string>>): LoggingConfig {
  const parsed: Record<string, string> = {}
  for (const [key, value] of Object.entries(data)) {
    const component = key.startsWith(levelPrefix) ? key.slice(levelPrefix.length) : ''
    if (component === '' || value === '') continue
    const lower = value.toLowerCase()
    if (!levelNames.has(lower) || (value !== lower && value !== value.toUpperCase())) {
      throw new ConfigValueError(`invalid logging level: ${value}`)
    }
    parsed[component] = lower
  }
  return { zapLoggerConfig: data['zap-logger-config'] ?? '', levels: parsed }
}

/**
 * From which level on a component logs: `loglevel.<component>`, else the level of `zap-logger-config`, else info.
 * Undefined if that is unusable: the component then keeps the level it has.
 */
export function levelOf({ levels, zapLoggerConfig }: LoggingConfig, component: string): LogLevel | undefined {
  return logLevelFrom(levels[component], zapLoggerConfig)
}

/** Where the values of `config-logging` come from; a `ConfigStore`, for one. */
export interface LoggingSource {
  snapshot(): { readonly logging: LoggingConfig }
  onChange(listener: () => void): unknown
}

/** Keeps a component's level at what `levelOf` says, and logs each change as far as the level before lets it. */
export function followLogLevel(
  source: LoggingSource,
  level: LevelSwitch,
  component: string,
  logger: Logger,
): void {
  const follow = () => {
    const from = level.level
    const to = levelOf(source.snapshot().logging, component) ?? from
    if (to === from) return
    logger.info(`Updating logging level for ${component} from ${from} to ${to}.`)
    level.level = to
  }
  follow()
  source.onChange(follow)
}
