import { createHash } from 'node:crypto'

/** Letters that cannot spell words, as in the names Kubernetes makes. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Ten characters that stand for a pod template; equal templates have equal hashes. */
export function hashOf(template: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(template)).digest()
  return [...digest.subarray(0, 10)].map((byte) => alphabet[byte % alphabet.length]).join('')
}
