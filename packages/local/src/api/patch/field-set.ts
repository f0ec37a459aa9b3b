import { isRecord, type JsonRecord } from '../meta/kube-object.ts'

/**
 * A set of field paths, as a tree. Steps are written as in `fieldsV1`: `f:name` for a member, `k:{…}` for a
 * list item by its keys, `v:…` for one by its value.
 */
export class FieldSet {
  member = false
  readonly children = new Map<string, FieldSet>()

  /** Reads the wire form. What is malformed is left out. */
  static fromFieldsV1(fields: unknown): FieldSet {
    const set = new FieldSet()
    for (const [step, below] of Object.entries(isRecord(fields) ? fields : {})) {
      if (step === '.') set.member = true
      else {
        const child = FieldSet.fromFieldsV1(below)
        if (isRecord(below) && Object.keys(below).length === 0) child.member = true
        set.children.set(step, child)
      }
    }
    return set
  }

  /** The wire form; `{}` stands for a member without members below. */
  toFieldsV1(): JsonRecord {
    const fields: JsonRecord = {}
    if (this.member && this.children.size > 0) fields['.'] = {}
    for (const step of [...this.children.keys()].sort()) fields[step] = this.children.get(step)!.toFieldsV1()
    return fields
  }

  /** The child at `step`, made if missing. */
  at(step: string): FieldSet {
    let child = this.children.get(step)
    if (!child) {
      child = new FieldSet()
      this.children.set(step, child)
    }
    return child
  }

  get isEmpty(): boolean {
    return !this.member && this.children.values().every((child) => child.isEmpty)
  }

  /** Paths in either set. */
  union(other: FieldSet): FieldSet {
    const result = new FieldSet()
    result.member = this.member || other.member
    for (const [step, child] of this.children) {
      const theirs = other.children.get(step)
      result.children.set(step, theirs ? child.union(theirs) : child)
    }
    for (const [step, child] of other.children) if (!this.children.has(step)) result.children.set(step, child)
    return result
  }

  /** Paths in this set and not in the other. */
  difference(other: FieldSet): FieldSet {
    return this.#filter(other, (mine, theirs) => mine && !theirs)
  }

  /** Paths in both sets. */
  intersection(other: FieldSet): FieldSet {
    return this.#filter(other, (mine, theirs) => mine && theirs)
  }

  equals(other: FieldSet): boolean {
    return this.difference(other).isEmpty && other.difference(this).isEmpty
  }

  /** Every path, written as in messages: `.spec.containers[name="a"].image`. */
  *paths(prefix = ''): Generator<string> {
    if (this.member) yield prefix
    for (const step of [...this.children.keys()].sort()) {
      yield* this.children.get(step)!.paths(prefix + printStep(step))
    }
  }

  #filter(other: FieldSet, keep: (mine: boolean, theirs: boolean) => boolean): FieldSet {
    const result = new FieldSet()
    result.member = keep(this.member, other.member)
    for (const [step, child] of this.children) {
      const kept = child.#filter(other.children.get(step) ?? empty, keep)
      if (!kept.isEmpty) result.children.set(step, kept)
    }
    return result
  }
}

const empty = new FieldSet()

function printStep(step: string): string {
  const text = step.slice(2)
  switch (step[0]) {
    case 'f':
      return `.${text}`
    case 'k': {
      const keys: unknown = JSON.parse(text)
      const pairs = Object.entries(isRecord(keys) ? keys : {})
      return `[${pairs.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
    }
    case 'v':
      return `[=${text}]`
    default:
      return `[${text}]`
  }
}
