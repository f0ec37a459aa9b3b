import type { KubeObject } from '@knative-ts/apis'
import { RejectedError } from '../errors.ts'

export interface GroupVersionKind {
  group: string
  version: string
  kind: string
}

/** The part of an AdmissionRequest that matters here. */
export interface AdmissionRequest {
  uid: string
  kind: GroupVersionKind
  subResource?: string
  name?: string
  namespace?: string
  operation: string
  userInfo?: { username?: string }
  object?: unknown
  oldObject?: unknown
  dryRun?: boolean
}

export interface AdmissionReview {
  apiVersion?: string
  kind?: string
  request: AdmissionRequest
}

/** What a controller decides; a denial is thrown as RejectedError. */
export interface Decision {
  patch?: readonly unknown[]
  warnings?: readonly string[]
}

/** Decides on the requests that arrive at one path. */
export interface AdmissionController {
  /** Name of its kind of work in metrics. */
  readonly type: string
  /** @throws RejectedError to deny the request */
  admit(request: AdmissionRequest): Promise<Decision>
}

export interface AdmissionAnswer {
  apiVersion?: string
  kind?: string
  response: {
    uid: string
    allowed: boolean
    warnings?: readonly string[]
    patch?: string
    patchType?: 'JSONPatch'
    status?: { metadata: object; status: string; message: string; reason: string; code: number }
  }
}

/** The group, version and kind as Kubernetes prints them. */
export function kindText({ group, version, kind }: GroupVersionKind): string {
  return `${group === '' ? version : `${group}/${version}`}, Kind=${kind}`
}

/** Whether the request changes an object, and how. */
export function changeOf(request: AdmissionRequest): 'create' | 'update' | undefined {
  return request.operation === 'CREATE' ? 'create' : request.operation === 'UPDATE' ? 'update' : undefined
}

/** The object of a request. @throws RejectedError if it is none */
export function objectOf(value: unknown, prefix: string): KubeObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RejectedError(`${prefix}the request holds no object`)
  }
  return value as KubeObject
}

/** Has `controller` decide on a review. Only a RejectedError denies; other errors are the caller's. */
export async function answer(
  review: AdmissionReview,
  controller: AdmissionController,
): Promise<AdmissionAnswer> {
  const { apiVersion, kind, request } = review
  const envelope = {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
  }
  try {
    const { patch, warnings } = await controller.admit(request)
    return {
      ...envelope,
      response: {
        uid: request.uid,
        allowed: true,
        ...(warnings?.length ? { warnings } : {}),
        ...(patch
          ? { patchType: 'JSONPatch' as const, patch: Buffer.from(JSON.stringify(patch)).toString('base64') }
          : {}),
      },
    }
  } catch (error) {
    if (!(error instanceof RejectedError)) throw error
    const status = {
      metadata: {},
      status: 'Failure',
      message: error.message,
      reason: 'BadRequest',
      code: 400,
    }
    return { ...envelope, response: { uid: request.uid, allowed: false, status } }
  }
}
