import type { KubeObject, ResourceType } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { EventRecorder, EventType } from '@knative-ts/kube'

/** Longer than a small program takes to start. */
const delayMs = 500

/** Passes events on a little later, so that telling what was done doesn't hold up what is being done. */
export class DelayedEvents implements EventRecorder {
  readonly #recorder: EventRecorder
  readonly #clock: Clock
  #held: (() => void)[] = []

  constructor(recorder: EventRecorder, clock: Clock) {
    this.#recorder = recorder
    this.#clock = clock
  }

  event<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    eventType: EventType,
    reason: string,
    message: string,
  ): void {
    this.#held.push(() => this.#recorder.event(type, object, eventType, reason, message))
    if (this.#held.length === 1) this.#clock.after(delayMs, () => this.#passOn())
  }

  #passOn(): void {
    const held = this.#held
    this.#held = []
    for (const record of held) record()
  }
}
