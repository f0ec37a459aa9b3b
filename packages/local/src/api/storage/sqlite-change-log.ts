import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { KubeObject } from '../meta/kube-object.ts'
import type { ChangeLog, ChangeRecord, ChangeType } from './change-log.ts'
import type { Change, ObjectKey } from './store.ts'

const schema = `
  CREATE TABLE IF NOT EXISTS objects (
    resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (resource, namespace, name)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS changes (
    revision INTEGER PRIMARY KEY, replaced INTEGER NOT NULL, type TEXT NOT NULL,
    resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS changes_by_resource ON changes (resource, revision);`

/** One process at a time: the store keeps all objects in memory and would miss another's writes. */
const settings = `
  PRAGMA busy_timeout = 1000;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;`

/** How many writes are kept for watches that resume. */
const historyLength = 10_000
const pruneEvery = 1000

/** A `ChangeLog` in one SQLite file (`:memory:` for none). A crash of the machine may cost the last writes, never order. */
export class SqliteChangeLog implements ChangeLog {
  readonly #db: DatabaseSync
  readonly #putObject: StatementSync
  readonly #deleteObject: StatementSync
  readonly #putChange: StatementSync
  readonly #since: StatementSync
  readonly #bodyAt: StatementSync
  readonly #historyLength: number
  #floor: number
  #last: number

  constructor(file: string, keep = historyLength) {
    this.#historyLength = keep
    this.#db = new DatabaseSync(file)
    this.#db.exec(settings)
    this.#db.exec(schema)
    this.#putObject = this.#db.prepare(
      'INSERT INTO objects VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
    )
    this.#deleteObject = this.#db.prepare(
      'DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?',
    )
    this.#putChange = this.#db.prepare('INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?)')
    this.#since = this.#db.prepare(
      'SELECT * FROM changes WHERE resource = ? AND revision > ? ORDER BY revision',
    )
    this.#bodyAt = this.#db.prepare('SELECT body FROM changes WHERE revision = ?')
    const bounds = this.#db.prepare('SELECT min(revision) AS low, max(revision) AS high FROM changes').get()
    this.#last = Number(bounds?.['high'] ?? 0)
    this.#floor = bounds?.['low'] ? Number(bounds['low']) - 1 : 0
  }

  get lastRevision(): number {
    return this.#last
  }

  *load(): Generator<{ key: ObjectKey; object: KubeObject }> {
    for (const row of this.#db.prepare('SELECT * FROM objects').iterate()) {
      yield { key: keyOf(row), object: decode(row['body']) }
    }
  }

  append(record: ChangeRecord): void {
    const { resource, namespace, name, json } = record
    this.#db.exec('BEGIN')
    try {
      if (record.type === 'DELETED') this.#deleteObject.run(resource, namespace, name)
      else this.#putObject.run(resource, namespace, name, json)
      this.#putChange.run(record.revision, record.replaced, record.type, resource, namespace, name, json)
      this.#db.exec('COMMIT')
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    }
    this.#last = record.revision
    if (record.revision % Math.min(pruneEvery, this.#historyLength) === 0) this.#prune()
  }

  changesSince(resource: string, revision: number): Change[] | undefined {
    if (revision < this.#floor) return undefined
    return this.#since.all(resource, revision).map((row) => {
      const before = Number(row['replaced']) ? this.#bodyAt.get(Number(row['replaced'])) : undefined
      const json = String(row['body'])
      return {
        ...keyOf(row),
        type: String(row['type']) as ChangeType,
        revision: Number(row['revision']),
        object: decode(json),
        previous: before ? decode(before['body']) : undefined,
        json,
        frames: new Map(),
      }
    })
  }

  close(): void {
    this.#db.close()
  }

  #prune(): void {
    this.#floor = Math.max(this.#floor, this.#last - this.#historyLength)
    this.#db.prepare('DELETE FROM changes WHERE revision <= ?').run(this.#floor)
  }
}

function keyOf(row: Record<string, unknown>): ObjectKey {
  return {
    resource: String(row['resource']),
    namespace: String(row['namespace']),
    name: String(row['name']),
  }
}

function decode(body: unknown): KubeObject {
  return JSON.parse(String(body)) as KubeObject
}
