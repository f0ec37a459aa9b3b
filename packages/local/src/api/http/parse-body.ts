import { badRequest, unsupportedMediaType } from '../errors.ts'

const accepted =
  'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf'
const protobufType = 'application/vnd.kubernetes.protobuf'

/** The media type of a request without its parameters. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? 'application/json').split(';')[0]!.trim().toLowerCase()
}

/** Parses a JSON, YAML or protobuf body. Throws 400, and 415 for other formats. */
export async function parseBody(body: Buffer, contentType: string | undefined): Promise<unknown> {
  const type = mediaTypeOf(contentType)
  if (type.includes('yaml')) return parseYaml(body)
  if (type === protobufType) {
    const { decodeProtobuf } = await import('../protobuf/decode-protobuf.ts')
    return decodeProtobuf(body)
  }
  if (type !== '' && !type.includes('json')) throw unsupportedMediaType(accepted)
  return parseJson(body)
}

/** Parses JSON. Throws 400. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw badRequest(
      `the request body is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** Parses YAML, of which JSON is a part. Throws 400. */
export async function parseYaml(body: Buffer): Promise<unknown> {
  const text = body.toString('utf8')
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text)
    } catch {
      // Flow-style YAML starts the same way.
    }
  }
  const { parse } = await import('yaml')
  try {
    return parse(text)
  } catch (error) {
    throw badRequest(
      `the request body is not valid YAML: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
