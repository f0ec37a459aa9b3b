import { asRecord, type JsonRecord } from '../meta/kube-object.ts'
import type { ApiClient } from './api-client.ts'
import { widgetGroup } from './fidelity-fixtures.ts'

/** One run of the fidelity suite: a namespace of its own, and paths into it. */
export class FidelitySession {
  readonly namespace = `fidelity-${Date.now().toString(36)}`
  readonly core = `/api/v1/namespaces/${this.namespace}`
  readonly maps = `${this.core}/configmaps`
  readonly deployments = `/apis/apps/v1/namespaces/${this.namespace}/deployments`
  readonly widgets = `/apis/${widgetGroup}/v1/namespaces/${this.namespace}/widgets`
  #client: ApiClient | undefined

  /** The client, once the run has begun. */
  get client(): ApiClient {
    if (!this.#client) throw new Error('the fidelity run has not begun')
    return this.#client
  }

  begin(client: ApiClient): void {
    this.#client = client
  }
}

/** The metadata in an answer. */
export function metadataOf(answer: { body: JsonRecord }): JsonRecord {
  return asRecord(answer.body['metadata'])
}
