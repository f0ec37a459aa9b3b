/** Every error this package throws, by its stable code. */
export type KourierErrorCode = 'TRANSLATION' | 'DOMAIN_CONFLICT' | 'PROBE' | 'CONFIG_TIMEOUT' | 'RECONCILE'

/** An Ingress cannot be turned into gateway configuration; the message is shown in its status. */
export class TranslationError extends Error {
  readonly code = 'TRANSLATION' satisfies KourierErrorCode

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TranslationError'
  }
}

/** A host of the Ingress is held by another one. */
export class DomainConflictError extends Error {
  readonly code = 'DOMAIN_CONFLICT' satisfies KourierErrorCode

  /** @param holder e.g. `Ingress default/first` */
  constructor(host: string, holder: string) {
    super(`host ${host} is held by ${holder}`)
    this.name = 'DomainConflictError'
  }
}

/** It cannot be found out whether the gateways serve an Ingress. */
export class ProbeError extends Error {
  readonly code = 'PROBE' satisfies KourierErrorCode

  constructor(message: string) {
    super(message)
    this.name = 'ProbeError'
  }
}

/** The ConfigMaps did not become readable in time. */
export class ConfigTimeoutError extends Error {
  readonly code = 'CONFIG_TIMEOUT' satisfies KourierErrorCode

  constructor(names: readonly string[], cause: unknown) {
    super(
      `Timed out waiting for configuration in ConfigMaps: ${names.join(', ')}` +
        (cause instanceof Error ? ` (${cause.message})` : ''),
      { cause },
    )
    this.name = 'ConfigTimeoutError'
  }
}

/** One reconcile failed; the message is what the event says. */
export class ReconcileError extends Error {
  readonly code = 'RECONCILE' satisfies KourierErrorCode

  constructor(message: string, cause: unknown) {
    super(`${message}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'ReconcileError'
  }
}
