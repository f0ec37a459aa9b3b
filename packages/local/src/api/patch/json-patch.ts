import { deepEqual } from '../meta/deep-equal.ts'
import { isRecord, type JsonRecord } from '../meta/kube-object.ts'

/** A JSON patch that does not apply; `code` says whether the document or the patch is at fault. */
export class JsonPatchError extends Error {
  readonly code: 'InvalidPatch' | 'PatchNotApplicable'

  constructor(code: 'InvalidPatch' | 'PatchNotApplicable', message: string) {
    super(message)
    this.name = 'JsonPatchError'
    this.code = code
  }
}

const inapplicable = (message: string) => new JsonPatchError('PatchNotApplicable', message)

/** Applies an RFC 6902 patch to a copy of `document`. Throws `JsonPatchError`. */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw new JsonPatchError('InvalidPatch', 'a JSON patch must be an array')
  let root = structuredClone(document)
  for (const operation of patch) {
    if (!isRecord(operation))
      throw new JsonPatchError('InvalidPatch', 'a JSON patch operation must be an object')
    root = applyOperation(root, operation)
  }
  return root
}

function applyOperation(root: unknown, operation: JsonRecord): unknown {
  const path = pointer(operation['path'], 'path')
  switch (operation['op']) {
    case 'add':
      return add(root, path, operand(operation))
    case 'remove':
      return remove(root, path)
    case 'replace':
      return replace(root, path, operand(operation))
    case 'move': {
      const from = pointer(operation['from'], 'from')
      const moved = find(root, from)
      return add(remove(root, from), path, moved)
    }
    case 'copy':
      return add(root, path, structuredClone(find(root, pointer(operation['from'], 'from'))))
    case 'test':
      if (!deepEqual(find(root, path, true), operation['value'])) {
        throw inapplicable(`testing path ${String(operation['path'])} failed: test failed`)
      }
      return root
    default:
      throw new JsonPatchError('InvalidPatch', `unexpected kind: ${String(operation['op'])}`)
  }
}

function operand(operation: JsonRecord): unknown {
  if (operation['value'] === undefined) {
    throw new JsonPatchError('InvalidPatch', `operation ${String(operation['op'])} needs a value`)
  }
  return structuredClone(operation['value'])
}

function pointer(text: unknown, member: string): string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/'))) {
    throw new JsonPatchError('InvalidPatch', `${member} must be a JSON pointer, got ${JSON.stringify(text)}`)
  }
  return text
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function parentOf(root: unknown, path: readonly string[]): JsonRecord | unknown[] {
  const parent = path.length === 1 ? root : find(root, path.slice(0, -1))
  if (Array.isArray(parent) || isRecord(parent)) return parent
  throw inapplicable(`path /${path.join('/')} does not exist: its parent is not a container`)
}

function indexIn(array: readonly unknown[], step: string, limit: number): number {
  if (!/^(0|[1-9]\d*)$/.test(step) || Number(step) > limit) {
    throw inapplicable(`index ${step} is out of bounds of an array of ${array.length}`)
  }
  return Number(step)
}

function find(root: unknown, path: readonly string[], missingIsNull = false): unknown {
  let at = root
  for (const [depth, step] of path.entries()) {
    if (Array.isArray(at)) at = at[indexIn(at, step, at.length - 1)]
    else if (isRecord(at) && Object.hasOwn(at, step)) at = at[step]
    else if (missingIsNull && isRecord(at) && depth === path.length - 1) return null
    else throw inapplicable(`path /${path.join('/')} does not exist: missing value`)
  }
  return at
}

function add(root: unknown, path: readonly string[], value: unknown): unknown {
  if (path.length === 0) return value
  const parent = parentOf(root, path)
  const step = path.at(-1)!
  if (!Array.isArray(parent)) setOwn(parent, step, value)
  else if (step === '-') parent.push(value)
  else parent.splice(indexIn(parent, step, parent.length), 0, value)
  return root
}

function remove(root: unknown, path: readonly string[]): unknown {
  find(root, path)
  if (path.length === 0) return null
  const parent = parentOf(root, path)
  const step = path.at(-1)!
  if (Array.isArray(parent)) parent.splice(indexIn(parent, step, parent.length - 1), 1)
  else delete parent[step]
  return root
}

function replace(root: unknown, path: readonly string[], value: unknown): unknown {
  find(root, path)
  if (path.length === 0) return value
  const parent = parentOf(root, path)
  const step = path.at(-1)!
  if (Array.isArray(parent)) parent[indexIn(parent, step, parent.length - 1)] = value
  else setOwn(parent, step, value)
  return root
}

/** Assigns without ever reaching the prototype, whatever the member is called. */
function setOwn(target: JsonRecord, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}
