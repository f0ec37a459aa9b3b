/** Bytes of a request body read and thrown away after the answer, in the hope that the client comes to its end. */
export const maxDiscardedBytes = 256 << 10
/** How long a client may take to notice that we are done while it is still sending, milliseconds. */
export const lingerMs = 2_000
