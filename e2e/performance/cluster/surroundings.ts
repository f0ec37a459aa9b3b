import type { KubeClient } from '@knative-ts/kube'
import type { MeasurementOptions } from './options.ts'

/** What a part of the measurement works with. */
export interface Surroundings {
  readonly client: KubeClient
  readonly options: MeasurementOptions
  /** Address of the gateway's HTTP listener. */
  readonly gateway: string
  readonly say: (text: string) => void
  /** Keeps a figure, by the id of its row. */
  readonly keep: (id: string, value: number) => void
  /** Keeps what figures were made of. */
  readonly keepSamples: (id: string, values: readonly number[]) => void
}
