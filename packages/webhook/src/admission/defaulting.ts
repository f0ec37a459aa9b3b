import type { ApiSettings, DefaultingContext, KubeObject } from '@knative-ts/apis'
import { RejectedError } from '../errors.ts'
import { jsonPatch } from '../json-patch.ts'
import { type AdmittedKind, admittedKind } from './kinds.ts'
import {
  type AdmissionController,
  type AdmissionRequest,
  changeOf,
  type Decision,
  kindText,
  objectOf,
} from './review.ts'

const prefix = 'mutation failed: '

/** Fills in defaults: its patch turns the object as sent into the object as it shall be stored. */
export class DefaultingController implements AdmissionController {
  readonly type = 'defaulting'
  readonly #settings: () => ApiSettings

  /** @param settings the configuration of this moment */
  constructor(settings: () => ApiSettings) {
    this.#settings = settings
  }

  async admit(request: AdmissionRequest): Promise<Decision> {
    const operation = changeOf(request)
    if (!operation) return {}
    const kind = admittedKind(request.kind)
    if (!kind) throw new RejectedError(`${prefix}unhandled kind: ${kindText(request.kind)}`)

    const settings = this.#settings()
    const stored = operation === 'update' ? this.#storedObject(kind, request, settings) : undefined
    const context: DefaultingContext = { ...settings, operation, username: request.userInfo?.username ?? '' }
    const object = decode(kind, request.object, 'cannot decode incoming new object: ')
    kind.setDefaults(object, context, stored)
    return { patch: jsonPatch(request.object, object) }
  }

  /** The old object with today's defaults, so that a change of defaults is no change by the user. */
  #storedObject(kind: AdmittedKind, request: AdmissionRequest, settings: ApiSettings): KubeObject {
    const stored = decode(kind, request.oldObject, 'cannot decode incoming old object: ')
    kind.setDefaults(stored, settings)
    return stored
  }
}

function decode(kind: AdmittedKind, value: unknown, what: string): KubeObject {
  try {
    // The decoded object may share parts with the request, which is compared with the result.
    return structuredClone(kind.model(objectOf(value, ''), '')) as KubeObject
  } catch (error) {
    throw new RejectedError(`${prefix}${what}${error instanceof Error ? error.message : String(error)}`)
  }
}
