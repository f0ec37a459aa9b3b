import {
  type ApiSettings,
  type FieldErrors,
  fieldErrorText,
  type KubeObject,
  type ValidationContext,
} from '@knative-ts/apis'
import { RejectedError } from '../errors.ts'
import type { DryRun } from './dry-run.ts'
import { type AdmittedKind, admittedKind } from './kinds.ts'
import {
  type AdmissionController,
  type AdmissionRequest,
  changeOf,
  type Decision,
  kindText,
  objectOf,
} from './review.ts'

export interface ResourceValidationOptions {
  /** The configuration of this moment. */
  settings: () => ApiSettings
  clusterDomain: string
  dryRun: DryRun
}

/** Refuses objects that break the rules of their kind, and warns of what is unwise. */
export class ResourceValidationController implements AdmissionController {
  readonly type = 'validation'
  readonly #options: ResourceValidationOptions

  constructor(options: ResourceValidationOptions) {
    this.#options = options
  }

  async admit(request: AdmissionRequest): Promise<Decision> {
    const kind = admittedKind(request.kind)
    if (!kind) throw new RejectedError(`unhandled kind: ${kindText(request.kind)}`)
    const operation = changeOf(request)
    if (!operation) return {}

    const object = decode(kind, request.object)
    const stored = operation === 'update' ? decode(kind, request.oldObject) : undefined
    const context: ValidationContext = {
      ...this.#options.settings(),
      clusterDomain: this.#options.clusterDomain,
      operation,
      ...(request.subResource ? { subresource: request.subResource } : {}),
    }
    const found = kind.validate(object, context, stored)
    const errors = found.filter('error')
    if (!errors.isEmpty) throw new RejectedError(`validation failed: ${errors}`)
    await this.#options.dryRun.check(kind, object, request)
    return { warnings: warningTexts(found) }
  }
}

function decode(kind: AdmittedKind, value: unknown): KubeObject {
  try {
    return kind.model(objectOf(value, ''), '') as KubeObject
  } catch (error) {
    throw new RejectedError(
      `decoding request failed: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** One line each: the API server drops a warning that holds a line break. */
function warningTexts(found: FieldErrors): string[] {
  return found
    .filter('warning')
    .merged()
    .flatMap((warning) => fieldErrorText(warning).split('\n'))
}
