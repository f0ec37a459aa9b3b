import { type ImageReference, parseImageReference } from './image-reference.ts'

/** What is known of an image's digest without asking its registry. */
export type KnownDigest =
  /** To be recorded as it is; empty where the tag stays. */
  { kind: 'known'; digest: string } | { kind: 'ask'; reference: ImageReference }

/**
 * An image named by digest is its own digest; tags of registries that are to be skipped stay tags.
 * @throws ImageReferenceError
 */
export function knownDigest(image: string, skippedRegistries: ReadonlySet<string>): KnownDigest {
  const reference = parseImageReference(image)
  if (reference.digest !== undefined) return { kind: 'known', digest: image }
  if (skippedRegistries.has(reference.registry)) return { kind: 'known', digest: '' }
  return { kind: 'ask', reference }
}
