import type { DefaultingContext } from '../admission-context.ts'
import type { DomainMapping } from './types.ts'
import { setUserInfo } from './user-info.ts'

/** Fills in what a DomainMapping leaves open, in place. */
export function setDomainMappingDefaults(
  mapping: DomainMapping,
  context: DefaultingContext,
  stored?: DomainMapping,
): void {
  mapping.spec ??= { ref: {} }
  mapping.spec.ref ??= {}
  mapping.spec.ref.namespace ||= mapping.metadata.namespace ?? ''
  setUserInfo(mapping, context, stored)
}
