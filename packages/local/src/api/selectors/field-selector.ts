import { badRequest } from '../errors.ts'
import { type KubeObject, valueAt } from '../meta/kube-object.ts'

/** Whether an object satisfies a field selector. */
export type FieldPredicate = (object: KubeObject) => boolean

/** A field selector, and the object name it pins down, if it does. */
export interface FieldSelector {
  readonly matches: FieldPredicate
  readonly name: string | undefined
}

const always = ['metadata.name', 'metadata.namespace']

/**
 * Reads `a=b,c!=d`. `supported` lists the fields of the kind besides name and namespace; others are a 400,
 * as they are upstream.
 */
export function parseFieldSelector(text: string, supported: readonly string[]): FieldSelector {
  const terms = splitTerms(text).map((term) => {
    const match = /^([^=!]+)(==|=|!=)(.*)$/s.exec(term)
    if (!match) {
      throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`)
    }
    const field = match[1]!.trim()
    if (!always.includes(field) && !supported.includes(field)) {
      throw badRequest(`field label not supported: ${field}`)
    }
    return { path: field.split('.'), equal: match[2] !== '!=', value: match[3]!.replace(/\\(.)/gs, '$1') }
  })
  const pinned = terms.find((term) => term.equal && term.path.join('.') === 'metadata.name')
  return {
    name: pinned?.value,
    matches: (object) =>
      terms.every(({ path, equal, value }) => (String(valueAt(object, path) ?? '') === value) === equal),
  }
}

function splitTerms(text: string): string[] {
  return text.split(/(?<!\\),/).filter((term) => term !== '')
}
