import { type KubeObject, keyString, type NamespacedName, type ResourceType } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { type Labels, matchLabels } from '@knative-ts/kube'

type TypeName = Pick<ResourceType, 'group' | 'kind'>

interface Watcher {
  key: string
  untilMs: number
}

/** Interest lasts three informer resyncs unless it is registered again. */
const leaseMs = 30 * 60 * 60 * 1000

/**
 * Remembers which parents depend on objects that they do not own, and wakes them when those change.
 * Interest is renewed by each reconcile of the parent and runs out by itself.
 */
export class Tracker {
  readonly #clock: Clock
  readonly #wake: (key: string) => void
  readonly #byObject = new Map<string, Map<string, Watcher>>()
  readonly #bySelector = new Map<
    string,
    { labels: Labels; namespace: string; watchers: Map<string, Watcher> }
  >()

  constructor(clock: Clock, wake: (key: string) => void) {
    this.#clock = clock
    this.#wake = wake
  }

  /** Wakes `parent` whenever the named object changes, whether or not it exists now. */
  track(parent: KubeObject, type: TypeName, target: NamespacedName): void {
    const id = objectId(type, keyString(target))
    const watchers = this.#byObject.get(id) ?? new Map<string, Watcher>()
    this.#byObject.set(id, watchers)
    this.#register(watchers, parent)
  }

  /** Wakes `parent` whenever an object of this kind with these labels changes in the namespace. */
  trackLabels(parent: KubeObject, type: TypeName, namespace: string, labels: Labels): void {
    const id = objectId(type, `${namespace}?${JSON.stringify(Object.entries(labels).sort())}`)
    const entry = this.#bySelector.get(id) ?? { labels, namespace, watchers: new Map<string, Watcher>() }
    this.#bySelector.set(id, entry)
    this.#register(entry.watchers, parent)
  }

  /** Tells the tracker that an object was added, changed or deleted. */
  onChange(type: TypeName, object: KubeObject): void {
    const namespace = object.metadata.namespace ?? ''
    const id = objectId(type, keyString({ namespace, name: object.metadata.name ?? '' }))
    this.#wakeAll(this.#byObject, id, this.#byObject.get(id))
    const prefix = objectId(type, `${namespace}?`)
    for (const [selectorId, entry] of this.#bySelector) {
      if (selectorId.startsWith(prefix) && matchLabels(entry.labels)(object.metadata.labels)) {
        this.#wakeAll(this.#bySelector, selectorId, entry.watchers)
      }
    }
  }

  #register(watchers: Map<string, Watcher>, parent: KubeObject): void {
    const key = keyString({
      namespace: parent.metadata.namespace ?? '',
      name: parent.metadata.name ?? '',
    })
    const isNew = !watchers.has(key)
    watchers.set(key, { key, untilMs: this.#clock.monotonic() + leaseMs })
    // What is tracked may have changed between being read and being registered.
    if (isNew) this.#wake(key)
  }

  #wakeAll(owner: Map<string, unknown>, id: string, watchers: Map<string, Watcher> | undefined): void {
    if (!watchers) return
    const nowMs = this.#clock.monotonic()
    for (const [key, watcher] of watchers) {
      if (watcher.untilMs < nowMs) watchers.delete(key)
      else this.#wake(key)
    }
    if (watchers.size === 0) owner.delete(id)
  }
}

function objectId(type: TypeName, rest: string): string {
  return `${type.group}/${type.kind}/${rest}`
}
