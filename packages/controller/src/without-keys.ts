/** A copy of an annotation or label map without some keys; absent maps are empty. */
export function withoutKeys(
  map: Readonly<Record<string, string>> | undefined,
  keys: Iterable<string>,
): Record<string, string> {
  const copy = { ...map }
  for (const key of keys) delete copy[key]
  return copy
}
