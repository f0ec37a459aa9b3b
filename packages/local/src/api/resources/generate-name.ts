import { randomInt } from 'node:crypto'

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
const suffixLength = 5
const maxLength = 63

/** `base` with five random characters, cut so that the name fits a DNS label. */
export function generateName(base: string): string {
  let name = base.slice(0, maxLength - suffixLength)
  for (let i = 0; i < suffixLength; i++) name += alphabet[randomInt(alphabet.length)]
  return name
}
