import { systemClock } from '@knative-ts/clock'
import type { LogFields, Logger, LogLevel } from './logger.ts'

const weights: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }
const severities: Record<LogLevel, string> = { debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR' }

/** Level shared by a logger and its children; set it to change all of them at once. */
export interface LevelSwitch {
  level: LogLevel
}

export interface JsonLoggerOptions {
  /** Component name, the `logger` key of each line. */
  name: string
  level: LevelSwitch
  /** Receives one line with its newline. Default: standard error, as upstream's production default. */
  write?: (line: string) => void
  fields?: LogFields
  now?: () => Date
}

/**
 * Writes one JSON object per line with the keys of Knative's logging contract: timestamp, severity, logger,
 * message, then the structured fields. It has no dependency, since every pod's sidecar loads it.
 */
export function jsonLogger(options: JsonLoggerOptions): Logger {
  const write = options.write ?? ((line: string) => process.stderr.write(line))
  const now = options.now ?? (() => new Date(systemClock.now()))
  const bound = options.fields ?? {}

  const log = (level: LogLevel, message: string, fields?: LogFields) => {
    if (weights[level] < weights[options.level.level]) return
    const line = {
      severity: severities[level],
      timestamp: now().toISOString(),
      logger: options.name,
      message,
      ...bound,
      ...describeError(fields),
    }
    write(`${JSON.stringify(line)}\n`)
  }

  return {
    debug: (message, fields) => log('debug', message, fields),
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
    child: (fields, name) =>
      jsonLogger({
        ...options,
        name: name ? `${options.name}.${name}` : options.name,
        fields: { ...bound, ...fields },
      }),
  }
}

function describeError(fields: LogFields | undefined): LogFields | undefined {
  const error = fields?.['error']
  if (!(error instanceof Error)) return fields
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return { ...fields, error: error.message + cause, stacktrace: error.stack }
}
