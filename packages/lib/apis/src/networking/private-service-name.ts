import { childName } from '../child-name.ts'

/** Name of the Service that has a revision's pods behind it; a ServerlessService bears its revision's name. */
export function privateServiceName(revision: string): string {
  return childName(revision, '-private')
}
