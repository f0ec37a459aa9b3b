/** How a registry wants a request to be authorised. */
export type AuthChallenge =
  | { scheme: 'basic' }
  | { scheme: 'bearer'; realm: string; service: string | undefined; scope: string | undefined }

/** Reads `WWW-Authenticate`; a bearer challenge is preferred. Undefined if nothing in it can be met. */
export function parseAuthChallenge(header: string | undefined): AuthChallenge | undefined {
  if (header === undefined) return undefined
  const bearer = /(?:^|,)\s*bearer\s+(.*)$/is.exec(header)?.[1]
  if (bearer !== undefined) {
    const parameter = (name: string) =>
      new RegExp(`(?:^|[,\\s])${name}=(?:"([^"]*)"|([^",\\s]+))`, 'i').exec(bearer)?.slice(1).find(Boolean)
    const realm = parameter('realm')
    if (realm) return { scheme: 'bearer', realm, service: parameter('service'), scope: parameter('scope') }
  }
  return /(?:^|,)\s*basic(?:\s|$)/i.test(header) ? { scheme: 'basic' } : undefined
}
