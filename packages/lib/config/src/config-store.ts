import { configMaps, semanticEqual, type V1ConfigMap } from '@knative-ts/apis'
import type { Informer, InformerFactory } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { ConfigInvalidError, ConfigMissingError } from './errors.ts'

/** Turns a ConfigMap's data into a typed value, or throws an error that names the key. */
export type ConfigParser<T> = (data: Readonly<Record<string, string>>) => T

/** Which ConfigMaps a process reads: parsed name → ConfigMap name and parser. */
export type ConfigSources = Record<string, ConfigSource<unknown>>

export interface ConfigSource<T> {
  /** Name of the ConfigMap in the system namespace. */
  readonly name: string
  readonly parse: ConfigParser<T>
  /** Data used while the ConfigMap does not exist; without it the ConfigMap must exist at start. */
  readonly whenAbsent?: Readonly<Record<string, string>>
}

type Parsed<S extends ConfigSources> = {
  readonly [K in keyof S]: S[K] extends ConfigSource<infer T> ? T : never
}

export interface ConfigStoreOptions<S extends ConfigSources> {
  informers: InformerFactory
  namespace: string
  sources: S
  logger: Logger
}

/**
 * Watches ConfigMaps and keeps the last good value of each. `snapshot()` is one immutable object, replaced
 * as a whole, so that one reconcile or request sees one consistent set.
 */
export class ConfigStore<S extends ConfigSources> {
  readonly #options: ConfigStoreOptions<S>
  readonly #listeners = new Set<(changed: keyof S) => void>()
  readonly #keysByName = new Map<string, keyof S>()
  readonly #informer: Informer<V1ConfigMap>
  #snapshot: Partial<Record<keyof S, unknown>> = {}

  constructor(options: ConfigStoreOptions<S>) {
    this.#options = options
    for (const [key, source] of Object.entries(options.sources)) this.#keysByName.set(source.name, key)
    this.#informer = options.informers.informer(configMaps, { namespace: options.namespace })
    this.#informer.addHandler({
      onAdd: (object) => this.#accept(object),
      onUpdate: (before, object) => {
        if (!semanticEqual(before.data, object.data)) this.#accept(object)
      },
      onDelete: (object) => this.#revert(object),
    })
  }

  /**
   * Waits until every ConfigMap was read once.
   * @throws ConfigMissingError or ConfigInvalidError, which are fatal at start
   */
  async start(): Promise<void> {
    await this.#informer.synced()
    for (const [key, source] of Object.entries(this.#options.sources)) {
      const object = this.#informer.lister.get(this.#options.namespace, source.name)
      const data = object?.data ?? (object ? {} : source.whenAbsent)
      if (data === undefined) throw new ConfigMissingError(this.#options.namespace, source.name)
      this.#replace(key, parseOrThrow(source, data))
    }
  }

  /** The current values; the same object until one of them changes. */
  snapshot(): Parsed<S> {
    return this.#snapshot as Parsed<S>
  }

  /** Calls `listener` after a source's value has changed. Returns how to stop listening. */
  onChange(listener: (changed: keyof S) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #accept(object: V1ConfigMap): void {
    const key = this.#keysByName.get(object.metadata.name ?? '')
    if (key === undefined || !(key in this.#snapshot)) return
    this.#update(key, object.data ?? {})
  }

  #revert(object: V1ConfigMap): void {
    const key = this.#keysByName.get(object.metadata.name ?? '')
    if (key === undefined || !(key in this.#snapshot)) return
    const fallback = this.#options.sources[key]?.whenAbsent
    if (fallback) this.#update(key, fallback)
  }

  #update(key: keyof S, data: Readonly<Record<string, string>>): void {
    const source = this.#options.sources[key]
    if (!source) return
    try {
      this.#replace(key, parseOrThrow(source, data))
    } catch (error) {
      this.#options.logger.error(
        `Error updating config "${source.name}"; the previous values stay in force`,
        {
          error,
        },
      )
      return
    }
    for (const listener of this.#listeners) listener(key)
  }

  #replace(key: keyof S, value: unknown): void {
    this.#snapshot = { ...this.#snapshot, [key]: value }
  }
}

function parseOrThrow<T>(source: ConfigSource<T>, data: Readonly<Record<string, string>>): T {
  try {
    return source.parse(data)
  } catch (error) {
    throw new ConfigInvalidError(source.name, error)
  }
}
