const modulus = 65521

/** Adler-32 checksum of the text's UTF-8 bytes (RFC 1950), as an unsigned number. */
export function adler32(text: string): number {
  let a = 1
  let b = 0
  for (const byte of Buffer.from(text, 'utf8')) {
    a = (a + byte) % modulus
    b = (b + a) % modulus
  }
  return b * 0x10000 + a
}
