import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { ModelNotes } from './open-api-schema.ts'

const member = /(?:\/\*\*\s*\n((?:\s*\*[^\n]*\n)*?)\s*\*\/\s*\n)?\s*'([^']+)'(\?)?: [^\n]*;/g
const classComment = /\/\*\*\s*\n((?:\s*\*[^\n]*\n)*?)\s*\*\/\s*\nexport declare class/

/**
 * Descriptions of built-in kinds, read from the type declarations beside the client's models when somebody
 * asks for them. Where the declarations are not installed there are none.
 */
export class ModelNotesReader {
  readonly #known = new Map<string, ModelNotes | undefined>()
  #folder: string | undefined

  /** Notes on one model. */
  read(model: string): ModelNotes | undefined {
    if (!this.#known.has(model)) this.#known.set(model, this.#load(model))
    return this.#known.get(model)
  }

  #load(model: string): ModelNotes | undefined {
    try {
      this.#folder ??= join(
        dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')),
        'gen',
        'models',
      )
      return parseNotes(readFileSync(join(this.#folder, `${model}.d.ts`), 'utf8'))
    } catch {
      return undefined
    }
  }
}

/** Reads the comments of one declared model. */
export function parseNotes(declaration: string): ModelNotes {
  const body = declaration.slice(declaration.indexOf('export declare class'))
  const fields = new Map<string, { description: string | undefined; required: boolean }>()
  for (const [, comment, name, optional] of body.matchAll(member)) {
    fields.set(name!, { description: textOf(comment), required: optional === undefined })
  }
  return { description: textOf(classComment.exec(declaration)?.[1]), fields }
}

function textOf(comment: string | undefined): string | undefined {
  const lines = comment?.split('\n').map((line) => line.replace(/^\s*\*\s?/, ''))
  return lines?.join('\n').trim().replace(/\\(.)/g, '$1') || undefined
}
