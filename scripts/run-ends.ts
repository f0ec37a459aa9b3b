/**
 * Jest reporter: fails and ends a run that is still open a while after its last test, and names what is. Jest itself would wait for ever,
 * and a test that fails often leaves a server behind.
 */
export default class RunEnds {
  readonly #closingMs: number

  /** @param options `closingMs`: how long what is being closed may take after the last test, milliseconds */
  constructor(_config: unknown, options: { readonly closingMs: number }) {
    this.#closingMs = options.closingMs
  }

  onRunComplete(): void {
    setTimeout(() => {
      const open = process.getActiveResourcesInfo().join(', ')
      process.stderr.write(
        `\nThe tests are done, but ${this.#closingMs / 1000} s later this is still open: ${open}. Close it in the test that opened it, also when that fails (await using).\n`,
      )
      process.exit(1)
    }, this.#closingMs).unref()
  }
}
