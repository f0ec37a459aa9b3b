import type { IncomingMessage } from 'node:http'
import { BodyError } from '../errors.ts'

const largestBody = 3 * 1024 * 1024

/** The body of a request as text. @throws BodyError beyond 3 MiB */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= largestBody) chunks.push(chunk)
  }
  if (size > largestBody) throw new BodyError(` it is larger than ${largestBody} bytes`)
  return Buffer.concat(chunks).toString('utf8')
}
