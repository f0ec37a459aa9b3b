import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from '@knative-ts/clock'
import { unauthorized } from '../errors.ts'
import { asRecord, asString } from '../meta/kube-object.ts'
import type { UserInfo } from '../resources/write-options.ts'
import type { Store } from '../storage/store.ts'

const header = encode({ alg: 'HS256', typ: 'JWT' })
const accountPrefix = 'system:serviceaccount:'
const claimsKey = 'kubernetes.io'

/** The administrator that the kubeconfig speaks for. */
export const administrator: UserInfo = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}

/** A token with the time it ends. */
export interface MintedToken {
  readonly token: string
  readonly expiresAtMs: number
}

/** Tells who a bearer token belongs to, and makes tokens for ServiceAccounts. Whoever is known may do anything. */
export class Authenticator {
  readonly #adminToken: string
  readonly #secret: Buffer
  readonly #store: Store
  readonly #clock: Clock
  readonly #issuer: string

  constructor(deps: { adminToken: string; secret: Buffer; store: Store; clock: Clock; issuer: string }) {
    this.#adminToken = deps.adminToken
    this.#secret = deps.secret
    this.#store = deps.store
    this.#clock = deps.clock
    this.#issuer = deps.issuer
  }

  /** A signed token (JWT) for a ServiceAccount, good for `lifetimeMs`. */
  mint(namespace: string, name: string, lifetimeMs: number, audiences: readonly string[] = []): MintedToken {
    const now = Math.floor(this.#clock.now() / 1000)
    const exp = now + Math.ceil(lifetimeMs / 1000)
    const uid = this.#store.get('serviceaccounts', namespace, name)?.metadata.uid
    const claims = {
      aud: audiences.length > 0 ? audiences : [this.#issuer],
      exp,
      iat: now,
      nbf: now,
      iss: this.#issuer,
      sub: `${accountPrefix}${namespace}:${name}`,
      [claimsKey]: { namespace, serviceaccount: { name, ...(uid ? { uid } : {}) } },
    }
    const body = `${header}.${encode(claims)}`
    return { token: `${body}.${this.#sign(body)}`, expiresAtMs: exp * 1000 }
  }

  /** The owner of a token; undefined if it is not one of ours, or has ended. */
  identify(token: string): UserInfo | undefined {
    if (equal(token, this.#adminToken)) return administrator
    const end = token.lastIndexOf('.')
    const body = token.slice(0, Math.max(0, end))
    if (end < 0 || !equal(token.slice(end + 1), this.#sign(body))) return undefined
    const claims = asRecord(
      JSON.parse(Buffer.from(body.slice(body.indexOf('.') + 1), 'base64url').toString('utf8')),
    )
    if (Number(claims['exp']) * 1000 <= this.#clock.now()) return undefined
    return accountUser(claims)
  }

  /** The user of a request by its Authorization header. Throws 401. */
  authenticate(authorization: string | undefined): UserInfo {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
    const user = token ? this.identify(token) : undefined
    if (!user) throw unauthorized('Unauthorized')
    return user
  }

  #sign(body: string): string {
    return createHmac('sha256', this.#secret).update(body).digest('base64url')
  }
}

function accountUser(claims: Record<string, unknown>): UserInfo {
  const { namespace, serviceaccount } = asRecord(claims[claimsKey])
  const uid = asString(asRecord(serviceaccount)['uid'])
  return {
    username: String(claims['sub']),
    ...(uid ? { uid } : {}),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${String(namespace)}`, 'system:authenticated'],
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function equal(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}
