const repository = /^[a-z0-9_\-./]{2,255}$/
const tag = /^[A-Za-z0-9_\-.]{1,128}$/
const digest = /^sha256:[a-f0-9]{64}$/
const registry = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._~-]+)(:[0-9]{1,5})?$/

/** Whether a text is an image reference: a repository with or without registry, tag and digest. */
export function isImageReference(image: string): boolean {
  const [name = '', ...digests] = image.split('@')
  if (digests.length > 1) return false
  if (digests.length === 1 && !digest.test(digests[0]!)) return false
  const colon = name.lastIndexOf(':')
  const tagged = colon >= 0 && !name.slice(colon).includes('/')
  // The tag beside a digest means nothing and is not looked at.
  if (tagged && digests.length === 0 && !tag.test(name.slice(colon + 1))) return false
  return isRepository(tagged ? name.slice(0, colon) : name)
}

function isRepository(name: string): boolean {
  const slash = name.indexOf('/')
  const host = slash < 0 ? '' : name.slice(0, slash)
  if (!/[.:]|^localhost$/.test(host)) return repository.test(name)
  return registry.test(host) && repository.test(name.slice(slash + 1))
}
