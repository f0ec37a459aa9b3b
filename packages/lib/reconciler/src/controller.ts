import { type KubeObject, keyOf, type NamespacedName, parseKey } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { isConflict } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import type { Leadership } from './leadership.ts'
import type { Outcome } from './outcome.ts'
import { WorkQueue } from './work-queue.ts'

/** Works on one key; reasons from current state, never from the event that led here. */
export interface KeyReconciler {
  reconcile(key: NamespacedName, signal: AbortSignal): Promise<Outcome>
}

export interface ControllerOptions {
  /** Shown in logs and metrics. */
  name: string
  reconciler: KeyReconciler
  clock: Clock
  logger: Logger
  leadership: Leadership
  /** Parallel workers. */
  workers?: number
  /** Deadline of one reconcile. */
  timeoutMs?: number
}

const defaultWorkers = 2
const defaultTimeoutMs = 30_000

/** Feeds keys to a reconciler and does with each outcome what it asks for. */
export class Controller {
  readonly name: string
  readonly queue: WorkQueue
  readonly #options: ControllerOptions

  constructor(options: ControllerOptions) {
    this.name = options.name
    this.#options = options
    this.queue = new WorkQueue({ clock: options.clock })
  }

  enqueue(object: KubeObject): void {
    this.queue.add(keyOf(object))
  }

  enqueueKey(key: string): void {
    this.queue.add(key)
  }

  enqueueAfter(object: KubeObject, delayMs: number): void {
    this.queue.addAfter(keyOf(object), delayMs)
  }

  /** Puts everything into the slow lane, e.g. after a configuration change. */
  globalResync(objects: Iterable<KubeObject>): void {
    for (const object of objects) this.queue.addSlow(keyOf(object))
  }

  /** Works until `signal` aborts; resolves when the last reconcile has ended. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.queue.close(), { once: true })
    if (signal.aborted) this.queue.close()
    const workers = this.#options.workers ?? defaultWorkers
    await Promise.all(Array.from({ length: workers }, () => this.#work()))
  }

  async #work(): Promise<void> {
    for (let key = await this.queue.next(); key !== undefined; key = await this.queue.next()) {
      try {
        this.#settle(key, await this.#reconcile(key))
      } finally {
        this.queue.done(key)
      }
    }
  }

  async #reconcile(key: string): Promise<Outcome> {
    if (!this.#options.leadership.isLeaderFor(key)) return { kind: 'done' }
    const { clock, timeoutMs = defaultTimeoutMs } = this.#options
    const deadline = new AbortController()
    const timer = clock.after(timeoutMs, () =>
      deadline.abort(new Error(`reconciling ${key} took longer than ${timeoutMs / 1000} s`)),
    )
    try {
      return await this.#options.reconciler.reconcile(parseKey(key), deadline.signal)
    } catch (error) {
      return { kind: 'retry', error }
    } finally {
      timer.cancel()
    }
  }

  #settle(key: string, outcome: Outcome): void {
    const { logger } = this.#options
    switch (outcome.kind) {
      case 'done':
        this.queue.forget(key)
        break
      case 'again-after':
        this.queue.forget(key)
        this.queue.addAfter(key, outcome.delayMs)
        break
      case 'retry': {
        this.queue.addRateLimited(key)
        const fields = { 'knative.dev/key': key, error: outcome.error }
        if (isConflict(outcome.error)) logger.debug('Reconcile lost a race; trying again', fields)
        else logger.error('Reconcile error', fields)
        break
      }
      case 'terminal':
        this.queue.forget(key)
        logger.error('Reconcile failed for good', { 'knative.dev/key': key, error: outcome.error })
        break
    }
  }
}
