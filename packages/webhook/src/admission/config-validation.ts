import type { V1ConfigMap } from '@knative-ts/apis'
import {
  type ConfigParser,
  exampleChecksum,
  exampleChecksumAnnotationKey,
  exampleKey,
} from '@knative-ts/config'
import { RejectedError } from '../errors.ts'
import {
  type AdmissionController,
  type AdmissionRequest,
  changeOf,
  type Decision,
  objectOf,
} from './review.ts'

const changedExample = `the update modifies a key in "${exampleKey}" which is probably not what you want. Instead, copy the respective setting to the top-level of the ConfigMap, directly below "data"`

/** Refuses values that the services could not use, before they are stored. */
export class ConfigValidationController implements AdmissionController {
  readonly type = 'config_validation'
  readonly #parsers: ReadonlyMap<string, ConfigParser<unknown>>

  /** @param parsers by name of the ConfigMap; others pass unchecked */
  constructor(parsers: ReadonlyMap<string, ConfigParser<unknown>>) {
    this.#parsers = parsers
  }

  async admit(request: AdmissionRequest): Promise<Decision> {
    if (!changeOf(request)) return {}
    const { metadata, data = {} } = objectOf(request.object, 'decoding request failed: ') as V1ConfigMap
    const parse = this.#parsers.get(metadata?.name ?? request.name ?? '')
    if (!parse) return {}
    const example = data[exampleKey]
    const checksum = metadata.annotations?.[exampleChecksumAnnotationKey]
    if (example !== undefined && checksum !== undefined && checksum !== exampleChecksum(example)) {
      throw new RejectedError(`validation failed: ${changedExample}`)
    }
    try {
      parse(data)
    } catch (error) {
      throw new RejectedError(`validation failed: ${error instanceof Error ? error.message : String(error)}`)
    }
    return {}
  }
}
