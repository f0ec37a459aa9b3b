/** Every error this package throws, by its stable code. */
export type ApisErrorCode = 'VALUE_SYNTAX'

/** Text that is not a value of the wanted kind; the message says what is wrong, in the words of Go's parsers. */
export class ValueSyntaxError extends Error {
  readonly code = 'VALUE_SYNTAX' satisfies ApisErrorCode

  constructor(message: string) {
    super(message)
    this.name = 'ValueSyntaxError'
  }
}
