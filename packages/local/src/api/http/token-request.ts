import type { Authenticator } from '../auth/authenticator.ts'
import { methodNotAllowed } from '../errors.ts'
import { asArray, asRecord, timestamp } from '../meta/kube-object.ts'
import type { ObjectLister } from '../resources/object-lister.ts'
import { parseBody } from './parse-body.ts'
import type { SubresourceHandler } from './resource-handler.ts'

const defaultLifetimeSeconds = 3600
const minLifetimeSeconds = 600

/** `POST serviceaccounts/<name>/token`. */
export function tokenRequestHandler(lister: ObjectLister, authenticator: Authenticator): SubresourceHandler {
  return async (exchange, kind, { namespace, name }) => {
    if (exchange.method !== 'POST') throw methodNotAllowed('a token can only be created')
    lister.get(kind, namespace, name)
    const body = asRecord(await parseBody(await exchange.body(), exchange.header('content-type')))
    const spec = asRecord(body['spec'])
    const seconds = Math.max(minLifetimeSeconds, Number(spec['expirationSeconds'] ?? defaultLifetimeSeconds))
    const audiences = asArray(spec['audiences']).map(String)
    const { token, expiresAtMs } = authenticator.mint(namespace, name, seconds * 1000, audiences)
    exchange.json(201, {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace },
      spec: { ...spec, expirationSeconds: seconds },
      status: { token, expirationTimestamp: timestamp(expiresAtMs) },
    })
  }
}
