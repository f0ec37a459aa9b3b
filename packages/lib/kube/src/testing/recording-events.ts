import type { KubeObject, ResourceType } from '@knative-ts/apis'
import type { EventRecorder, EventType } from '../event-recorder.ts'

/** Keeps events as `Type Reason message`, in order. */
export class RecordingEvents implements EventRecorder {
  readonly events: string[] = []

  event<T extends KubeObject>(
    _type: ResourceType<T>,
    _object: T,
    eventType: EventType,
    reason: string,
    message: string,
  ): void {
    this.events.push(`${eventType} ${reason} ${message}`)
  }
}
