/** Every error this package throws, by its stable code. */
export type XdsErrorCode = 'XDS_ENCODE' | 'XDS_DECODE' | 'XDS_LISTEN'

/** A value does not fit its protobuf message; the message names the field. */
export class XdsEncodeError extends Error {
  readonly code = 'XDS_ENCODE' satisfies XdsErrorCode

  constructor(path: string, problem: string) {
    super(`cannot encode ${path}: ${problem}`)
    this.name = 'XdsEncodeError'
  }
}

/** Bytes from a peer are not the protobuf message they should be. */
export class XdsDecodeError extends Error {
  readonly code = 'XDS_DECODE' satisfies XdsErrorCode

  constructor(problem: string) {
    super(`malformed protobuf message: ${problem}`)
    this.name = 'XdsDecodeError'
  }
}

/** The server's address cannot be bound. */
export class XdsListenError extends Error {
  readonly code = 'XDS_LISTEN' satisfies XdsErrorCode

  constructor(address: string, cause: unknown) {
    super(
      `cannot listen for gateways on ${address}: ${cause instanceof Error ? cause.message : String(cause)}; ` +
        'free the port, or set LISTEN_ADDRESS to an address of this host',
      { cause },
    )
    this.name = 'XdsListenError'
  }
}
