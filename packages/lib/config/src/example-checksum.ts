import { crc32 } from 'node:zlib'

/** Annotation that holds the checksum of a ConfigMap's example. */
export const exampleChecksumAnnotationKey = 'knative.dev/example-checksum'

/** Key of the example in a ConfigMap's data. */
export const exampleKey = '_example'

/**
 * Checksum of a ConfigMap's example: CRC-32 (IEEE) as 8 hex digits, over the text without surrounding
 * whitespace and with each run of line breaks written as a backslash and an `n`.
 */
export function exampleChecksum(example: string): string {
  const text = example.trim().replace(/(\r?\n)+/g, '\\n')
  return crc32(text).toString(16).padStart(8, '0')
}
