const maxNameLength = 63
const md5HexLength = 32
const headLength = maxNameLength - md5HexLength

/** Loads the hash when a name is too long: a sidecar makes none, and waits 10 ms for Node's cryptography. */
const md5Hex = (text: string): string =>
  process.getBuiltinModule('node:crypto').createHash('md5').update(text).digest('hex')

/**
 * Name of a child object: `parent + suffix`, or, where that would exceed 63 characters, a name shortened
 * with an MD5 of the part that is lost, so that it stays unique and stable.
 */
export function childName(parent: string, suffix: string): string {
  if (parent.length + suffix.length <= maxNameLength) return parent + suffix
  if (suffix.length < headLength) {
    return parent.slice(0, headLength - suffix.length) + md5Hex(parent) + suffix
  }
  const hashed = parent.slice(0, headLength) + md5Hex(parent + suffix)
  return (hashed + suffix.slice(0, Math.max(0, maxNameLength - hashed.length))).replace(/[^a-zA-Z0-9]+$/, '')
}
