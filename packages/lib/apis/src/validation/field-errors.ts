/** Errors block a request; warnings are shown to the user. */
export type FieldErrorLevel = 'error' | 'warning'

/** One complaint: what is wrong, at which fields, and more about it. */
export interface FieldError {
  readonly message: string
  readonly paths: readonly string[]
  readonly details: string
  readonly level: FieldErrorLevel
}

/** Names the value itself rather than one of its fields. */
export const currentField = ''

/**
 * An immutable set of complaints about an object. Its text is part of the API: clients and tests read it.
 */
export class FieldErrors {
  static readonly none = new FieldErrors([])

  readonly #all: readonly FieldError[]

  private constructor(all: readonly FieldError[]) {
    this.#all = all
  }

  /** A single error. @param paths fields it concerns; `currentField` for the value itself */
  static of(message: string, paths: readonly string[], details = ''): FieldErrors {
    return new FieldErrors([{ message, paths, details, level: 'error' }])
  }

  /** The complaints of all of `parts`. */
  static all(parts: Iterable<FieldErrors>): FieldErrors {
    const collected: FieldError[] = []
    for (const part of parts) collected.push(...part.#all)
    return collected.length === 0 ? FieldErrors.none : new FieldErrors(collected)
  }

  get isEmpty(): boolean {
    return this.#all.length === 0
  }

  /** This set and `others`. */
  also(...others: readonly FieldErrors[]): FieldErrors {
    const added = others.filter((other) => !other.isEmpty)
    return added.length === 0 ? this : FieldErrors.all([this, ...added])
  }

  /** The same complaints about a value inside the named fields, outermost first. */
  viaField(...fields: readonly string[]): FieldErrors {
    return this.#map((error) => ({ ...error, paths: error.paths.map((path) => joinPath([...fields, path])) }))
  }

  /** The same complaints about the list item at `index`. */
  viaIndex(index: number): FieldErrors {
    return this.viaField(`[${index}]`)
  }

  /** The same complaints about the list item at `index` of `field`. */
  viaFieldIndex(field: string, index: number): FieldErrors {
    return this.viaIndex(index).viaField(field)
  }

  /** The same complaints about the map entry `key`. */
  viaKey(key: string): FieldErrors {
    return this.viaField(`[${key}]`)
  }

  /** The same complaints as another level. */
  at(level: FieldErrorLevel): FieldErrors {
    return this.#map((error) => ({ ...error, level }))
  }

  /** Only the complaints of a level. */
  filter(level: FieldErrorLevel): FieldErrors {
    const kept = this.#all.filter((error) => error.level === level)
    return kept.length === this.#all.length ? this : new FieldErrors(kept)
  }

  /** Complaints with equal texts merged, in the order in which they are printed. */
  merged(): FieldError[] {
    const byText = new Map<string, { error: FieldError; paths: Set<string> }>()
    for (const error of this.#all) {
      const key = JSON.stringify([error.level, error.message, error.details])
      const entry = byText.get(key) ?? { error, paths: new Set<string>() }
      byText.set(key, entry)
      for (const path of error.paths) entry.paths.add(path)
    }
    return [...byText.values()]
      .map(({ error, paths }) => ({ ...error, paths: [...paths].sort(byCodeUnits) }))
      .sort(
        (a, b) =>
          byCodeUnits(a.message, b.message) ||
          byCodeUnits(a.details, b.details) ||
          byCodeUnits(a.level, b.level),
      )
  }

  /** `message: path1, path2`, then the details on a line of their own; one complaint after the other. */
  toString(): string {
    return this.merged().map(fieldErrorText).join('\n')
  }

  #map(change: (error: FieldError) => FieldError): FieldErrors {
    return this.isEmpty ? this : new FieldErrors(this.#all.map(change))
  }
}

/** One complaint as clients see it. */
export function fieldErrorText({ message, paths, details }: FieldError): string {
  const text = `${message}: ${paths.join(', ')}`
  return details === '' ? text : `${text}\n${details}`
}

/** Joins path components with dots; an index in brackets follows its list without one. */
function joinPath(components: readonly string[]): string {
  const parts: string[] = []
  for (const part of components.flatMap((component) => component.split('.'))) {
    if (part === currentField) continue
    const isIndex = part.startsWith('[') && part.endsWith(']')
    if (isIndex && parts.length > 0) parts[parts.length - 1] += part
    else parts.push(part)
  }
  return parts.join('.')
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
