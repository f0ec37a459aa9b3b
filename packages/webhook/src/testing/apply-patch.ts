import type { JsonPatchOperation } from '@knative-ts/kube'

type Container = Record<string, unknown>

/** A copy of `value` with a patch of add, replace and remove operations applied. */
export function applyPatch(value: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const root: Container = { value: structuredClone(value) }
  for (const operation of operations) {
    const path = `value${operation.path}`
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = path.pop()!
    const parent = path.reduce<Container>((container, part) => container[part] as Container, root)
    if (operation.op === 'remove') delete parent[last]
    else if (operation.op === 'add' || operation.op === 'replace') {
      if ((operation.op === 'replace') !== Object.hasOwn(parent, last)) {
        throw new Error(`${operation.op} at ${operation.path} does not fit what is there`)
      }
      parent[last] = structuredClone(operation.value)
    }
  }
  return root['value']
}
