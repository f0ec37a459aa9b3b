/** Structured fields of one log line. */
export type LogFields = Record<string, unknown>

/** What every part of the system logs through; implementations are passed in. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  /** `fields.error` may hold the caught value; its message and stack are written. */
  error(message: string, fields?: LogFields): void
  /** A logger that adds `fields` to every line; `name` is appended to the logger's name with a dot. */
  child(fields: LogFields, name?: string): Logger
}

/** Severity names as Stackdriver writes them, by ascending weight. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Discards everything; for tests and for libraries whose caller passes none. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child() {
    return silentLogger
  },
}
