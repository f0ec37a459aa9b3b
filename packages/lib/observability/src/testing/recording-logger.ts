import type { LogFields, Logger, LogLevel } from '../logger.ts'

export interface RecordedLine {
  level: LogLevel
  message: string
  fields: LogFields
}

/** Keeps every line for a test to look at. */
export class RecordingLogger implements Logger {
  readonly lines: RecordedLine[]
  readonly #fields: LogFields

  constructor(lines: RecordedLine[] = [], fields: LogFields = {}) {
    this.lines = lines
    this.#fields = fields
  }

  debug(message: string, fields?: LogFields): void {
    this.#record('debug', message, fields)
  }

  info(message: string, fields?: LogFields): void {
    this.#record('info', message, fields)
  }

  warn(message: string, fields?: LogFields): void {
    this.#record('warn', message, fields)
  }

  error(message: string, fields?: LogFields): void {
    this.#record('error', message, fields)
  }

  child(fields: LogFields): Logger {
    return new RecordingLogger(this.lines, { ...this.#fields, ...fields })
  }

  #record(level: LogLevel, message: string, fields: LogFields = {}): void {
    this.lines.push({ level, message, fields: { ...this.#fields, ...fields } })
  }
}
