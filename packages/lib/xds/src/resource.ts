import type { Fields, Message, MessageValue } from './protobuf/index.ts'

/** A resource as it goes onto the wire, encoded once however many gateways and versions it is sent in. */
export interface PackedResource {
  readonly name: string
  readonly typeUrl: string
  readonly value: Uint8Array
}

/** The resources of one type, built when a gateway needs them. */
export type ResourceSource = () => readonly PackedResource[]

/**
 * Encodes a resource.
 * @throws XdsEncodeError if a value does not fit its field
 */
export function packResource<F extends Fields>(
  type: Message<F>,
  name: string,
  value: MessageValue<F>,
): PackedResource {
  return { name, typeUrl: type.typeUrl, value: type.encode(value) }
}
