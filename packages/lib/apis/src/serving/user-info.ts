import type { DefaultingContext } from '../admission-context.ts'
import type { KubeObject } from '../meta.ts'
import { semanticEqual } from '../semantic-equal.ts'
import { creatorAnnotationKey, updaterAnnotationKey } from './wire-names.ts'

/**
 * Records who created the object and who last changed its spec, overwriting what the client sent on create.
 * Does nothing outside admission requests.
 * @param stored the object as it was, with today's defaults
 */
export function setUserInfo<T extends KubeObject & { spec: unknown }>(
  object: T,
  context: DefaultingContext,
  stored: T | undefined,
): void {
  const { username, operation } = context
  if (username === undefined || operation === undefined) return
  const annotations = { ...object.metadata.annotations }
  if (operation === 'create') {
    annotations[creatorAnnotationKey] = username
    annotations[updaterAnnotationKey] = username
  } else {
    if (stored && semanticEqual(stored.spec, object.spec)) return
    annotations[updaterAnnotationKey] = username
  }
  object.metadata.annotations = annotations
}
