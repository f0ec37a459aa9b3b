import { createServer, type Server, type ServerResponse } from 'node:http'
import { hashHeaderName, networkProbeValue, probeHeaderName } from '@knative-ts/apis'

/**
 * An HTTP server for those who look whether the temporary Ingress leads here: any request is fine, a network probe
 * gets its hash back.
 */
export function probeServer(): Server {
  return createServer((request, response) => {
    if (request.headers[probeHeaderName] === networkProbeValue) {
      answerNetworkProbe(request.headers[hashHeaderName]?.toString(), response)
    } else {
      response.writeHead(200).end()
    }
  })
}

function answerNetworkProbe(hash: string | undefined, response: ServerResponse): void {
  if (hash) {
    response.writeHead(200, { 'K-Network-Hash': hash }).end()
    return
  }
  response
    .writeHead(400, { 'content-type': 'text/plain; charset=utf-8' })
    .end('a probe request must contain a non-empty "K-Network-Hash" header\n')
}
