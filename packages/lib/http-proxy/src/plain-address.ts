const mapped = '::ffff:'

/** An IP as clients write it: an IPv4 address seen through a dual-stack socket loses its prefix. */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return ''
  return address.startsWith(mapped) ? address.slice(mapped.length) : address
}
