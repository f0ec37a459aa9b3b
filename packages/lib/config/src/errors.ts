/** Every error this package throws, by its stable code. */
export type ConfigErrorCode = 'CONFIG_MISSING' | 'CONFIG_INVALID' | 'CONFIG_VALUE' | 'CONFIG_TEMPLATE'

export class ConfigMissingError extends Error {
  readonly code = 'CONFIG_MISSING' satisfies ConfigErrorCode

  constructor(namespace: string, name: string) {
    super(
      `ConfigMap ${namespace}/${name} does not exist; apply the project's manifests, which create it, then restart`,
    )
    this.name = 'ConfigMissingError'
  }
}

export class ConfigInvalidError extends Error {
  readonly code = 'CONFIG_INVALID' satisfies ConfigErrorCode

  constructor(name: string, cause: unknown) {
    super(`Error initializing config "${name}": ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
    this.name = 'ConfigInvalidError'
  }
}

/** A value of a ConfigMap that cannot be used; the message is what the config webhook tells the user. */
export class ConfigValueError extends Error {
  readonly code = 'CONFIG_VALUE' satisfies ConfigErrorCode

  constructor(message: string) {
    super(message)
    this.name = 'ConfigValueError'
  }
}

/** A Go template that does not parse, or that fails on the data it is given. */
export class GoTemplateError extends Error {
  readonly code = 'CONFIG_TEMPLATE' satisfies ConfigErrorCode

  constructor(line: number, message: string) {
    super(`template: :${line}: ${message}`)
    this.name = 'GoTemplateError'
  }
}
