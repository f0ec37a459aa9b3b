/** What clients and user containers of the soak have agreed upon. */

/** Names the request. */
export const idHeader = 'x-soak-id'
/** `LENGTH-CRC32` of the body that arrived. */
export const receivedHeader = 'x-soak-received'

/** What bodies are made of, over and over. */
export const pattern = Buffer.from(Array.from({ length: 64 << 10 }, (_, i) => (i * 31 + (i >> 8)) & 255))
