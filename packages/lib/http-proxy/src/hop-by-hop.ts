/** Headers that concern one connection only. `Trailer` is not among them: a proxy that passes trailers on announces them too. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
])

const lengths: readonly boolean[] = (() => {
  const table = new Array<boolean>(32).fill(false)
  for (const name of hopByHop) table[name.length] = true
  return table
})()

/** Whether a header name of this length may concern one connection only; spares most names the comparison. */
export function dropsByLength(length: number): boolean {
  return lengths[length] === true
}

/** Whether the header concerns one connection only. */
export function isHopByHop(lowerName: string): boolean {
  return hopByHop.has(lowerName)
}
