import type { Clock, Timer } from '@knative-ts/clock'
import { ApiError } from '../errors.ts'
import type { KubeObject } from '../meta/kube-object.ts'
import type { Change, Store } from '../storage/store.ts'
import { isSelected, type ListOptions } from './list-options.ts'
import type { ObjectLister } from './object-lister.ts'
import { apiVersionOf, presentAs, type ResourceKind } from './resource-kind.ts'

/** How objects are written on a watch. `name` identifies the form among all, so that frames can be shared. */
export interface WatchForm {
  readonly name: string
  readonly encode: (object: KubeObject) => unknown
}

/** Where a watch writes. `write` returns false to end it, as a reader that has fallen far behind must be. */
export interface WatchSink {
  write(frame: Buffer): boolean
  end(): void
}

type EventType = 'ADDED' | 'BOOKMARK' | 'DELETED' | 'ERROR' | 'MODIFIED'

const bookmarkEveryMs = 60_000
const defaultTimeoutMs = 45 * 60_000
const initialEventsEnd = 'k8s.io/initial-events-end'

/** Fans changes out to watches, encoding each change once for each form in use. */
export class WatchHub {
  readonly #store: Store
  readonly #lister: ObjectLister
  readonly #clock: Clock
  readonly #watches = new Map<string, Set<Watch>>()

  constructor({ store, lister, clock }: { store: Store; lister: ObjectLister; clock: Clock }) {
    this.#store = store
    this.#lister = lister
    this.#clock = clock
    store.subscribe((change) => {
      for (const watch of this.#watches.get(change.resource) ?? []) watch.deliver(change)
    })
  }

  /** Starts a watch on `sink`; the returned function ends it without a word. */
  start(
    kind: ResourceKind,
    namespace: string | undefined,
    options: ListOptions,
    form: WatchForm,
    sink: WatchSink,
  ): () => void {
    const watch = new Watch(kind, namespace, options, form, sink)
    const from = options.resourceVersion
    const fresh = options.sendInitialEvents || from === '' || from === '0'
    if (fresh) {
      watch.resourceVersion = this.#store.revision
      for (const object of this.#lister.select(kind, namespace, options)) watch.send('ADDED', object)
      if (options.sendInitialEvents) watch.bookmark({ [initialEventsEnd]: 'true' })
    } else {
      const past =
        Number(from) <= this.#store.revision
          ? this.#store.changesSince(kind.storageKey, Number(from))
          : undefined
      if (!past) {
        watch.fail(
          new ApiError(410, 'Expired', `too old resource version: ${from} (${this.#store.revision})`),
        )
        sink.end()
        return () => undefined
      }
      watch.resourceVersion = Number(from)
      for (const change of past) watch.deliver(change)
    }
    return this.#keep(kind.storageKey, watch, options)
  }

  #keep(storageKey: string, watch: Watch, options: ListOptions): () => void {
    const watches = this.#watches.get(storageKey) ?? new Set()
    this.#watches.set(storageKey, watches)
    watches.add(watch)
    const timers: Timer[] = []
    const stop = () => {
      watches.delete(watch)
      for (const timer of timers) timer.cancel()
    }
    const bookmark = () => {
      watch.resourceVersion = this.#store.revision
      watch.bookmark()
    }
    if (options.allowWatchBookmarks) timers.push(this.#clock.every(bookmarkEveryMs, bookmark))
    timers.push(
      this.#clock.after(options.timeoutMs ?? defaultTimeoutMs, () => {
        stop()
        if (options.allowWatchBookmarks) bookmark()
        watch.sink.end()
      }),
    )
    watch.onOverrun = () => {
      stop()
      watch.sink.end()
    }
    return stop
  }
}

class Watch {
  readonly sink: WatchSink
  resourceVersion = 0
  onOverrun: () => void = () => undefined
  readonly #kind: ResourceKind
  readonly #namespace: string | undefined
  readonly #options: ListOptions
  readonly #form: WatchForm
  readonly #selective: boolean
  readonly #frameSuffix: string

  constructor(
    kind: ResourceKind,
    namespace: string | undefined,
    options: ListOptions,
    form: WatchForm,
    sink: WatchSink,
  ) {
    this.#kind = kind
    this.#namespace = namespace
    this.#options = options
    this.#form = form
    this.sink = sink
    this.#selective = options.labels !== undefined || options.fields !== undefined
    this.#frameSuffix = `|${apiVersionOf(kind)}|${form.name}`
  }

  deliver(change: Change): void {
    if (this.#namespace !== undefined && change.namespace !== this.#namespace) return
    const type = this.#selective ? this.#typeFor(change) : change.type
    if (!type) return
    this.resourceVersion = change.revision
    const key = type + this.#frameSuffix
    let frame = change.frames.get(key)
    if (!frame) {
      frame = this.#encode(type, change)
      change.frames.set(key, frame)
    }
    this.#write(frame)
  }

  /** What a change means to a watch that sees only some objects: they come into view and leave it. */
  #typeFor({ type, object, previous }: Change): EventType | undefined {
    const selected = (state: KubeObject | undefined) =>
      state !== undefined && isSelected(presentAs(this.#kind, state), this.#options)
    if (type === 'DELETED') return selected(previous ?? object) ? 'DELETED' : undefined
    const [before, now] = [selected(previous), selected(object)]
    if (now) return before ? 'MODIFIED' : 'ADDED'
    return before ? 'DELETED' : undefined
  }

  #encode(type: EventType, change: Change): Buffer {
    const object = presentAs(this.#kind, change.object)
    if (this.#form.name === '' && object === change.object) {
      return Buffer.from(`{"type":"${type}","object":${change.json}}\n`)
    }
    return frameOf(type, this.#form.encode(object))
  }

  send(type: EventType, object: KubeObject): void {
    this.#write(frameOf(type, this.#form.encode(object)))
  }

  bookmark(annotations?: Record<string, string>): void {
    const metadata = {
      resourceVersion: String(this.resourceVersion),
      creationTimestamp: null,
      ...(annotations ? { annotations } : {}),
    }
    const marker = { kind: this.#kind.kind, apiVersion: apiVersionOf(this.#kind), metadata }
    this.#write(frameOf('BOOKMARK', this.#form.encode(marker as unknown as KubeObject)))
  }

  fail(error: ApiError): void {
    this.#write(frameOf('ERROR', error.toStatus()))
  }

  #write(frame: Buffer): void {
    if (!this.sink.write(frame)) this.onOverrun()
  }
}

function frameOf(type: EventType, object: unknown): Buffer {
  return Buffer.from(`${JSON.stringify({ type, object })}\n`)
}
