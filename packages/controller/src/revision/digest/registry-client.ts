import { createHash } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Dispatcher } from 'undici'
import { RegistryAnswerError } from '../errors.ts'
import { type AuthChallenge, parseAuthChallenge } from './auth-challenge.ts'
import type { DigestLookup } from './background-resolver.ts'
import type { ImageReference } from './image-reference.ts'
import type { PullCredentials, RegistryLogin } from './pull-credentials.ts'

export interface RegistryClientOptions {
  /** `User-Agent` of every request. */
  userAgent: string
  /** Made when the first registry is asked, since trust stores are large. */
  dispatcher(): Promise<Dispatcher>
}

const manifestTypes = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ')

const digestPattern = /^sha256:[0-9a-f]{64}$/
/** Hosts that may speak cleartext, if they do not speak TLS. */
const cleartextHosts =
  /^(localhost|127\.0\.0\.1|\[::1\]|.*\.local(host)?|10\.[\d.]+|192\.168\.[\d.]+|172\.(1[6-9]|2\d|3[01])\.[\d.]+)(:\d+)?$/
const maxRedirects = 5
const clientId = 'knative'

interface Answer {
  url: string
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/** Asks registries by the Docker/OCI distribution protocol which digest a tag stands for. */
export class RegistryClient implements DigestLookup {
  readonly #options: RegistryClientOptions
  #dispatcher: Promise<Dispatcher> | undefined

  constructor(options: RegistryClientOptions) {
    this.#options = options
  }

  /**
   * @throws RegistryAnswerError when the registry refuses or answers nonsense, and the system's error when it
   *   can't be reached
   */
  async digestOf(
    reference: ImageReference,
    credentials: PullCredentials,
    signal: AbortSignal,
  ): Promise<string> {
    const login = credentials.loginFor(reference)
    const ask = (scheme: string) => this.#digestOver(scheme, reference, login, signal)
    if (!cleartextHosts.test(reference.registry)) return ask('https')
    try {
      return await ask('https')
    } catch (error) {
      if (error instanceof RegistryAnswerError || signal.aborted) throw error
      return ask('http')
    }
  }

  async #digestOver(
    scheme: string,
    { registry, repository, tag }: ImageReference,
    login: RegistryLogin | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const url = `${scheme}://${registry}/v2/${repository}/manifests/${tag}`
    let authorization: string | undefined
    let answer = await this.#send('HEAD', url, { accept: manifestTypes }, signal)
    if (answer.status === 401) {
      const challenge = parseAuthChallenge(headerOf(answer, 'www-authenticate'))
      authorization = await this.#authorize(challenge, repository, login, signal)
      if (authorization !== undefined) {
        answer = await this.#send('HEAD', url, { accept: manifestTypes, authorization }, signal)
      }
    }
    const digest = headerOf(answer, 'docker-content-digest')
    if (answer.status === 200 && digest !== undefined && digestPattern.test(digest)) return digest
    // Some registries know no HEAD, or leave the digest to the reader of the manifest.
    if (answer.status !== 200 && answer.status !== 405) throw refusal('HEAD', url, answer)
    const headers = { accept: manifestTypes, ...(authorization === undefined ? {} : { authorization }) }
    const manifest = await this.#send('GET', url, headers, signal)
    if (manifest.status !== 200) throw refusal('GET', url, manifest)
    return `sha256:${createHash('sha256').update(manifest.body).digest('hex')}`
  }

  async #authorize(
    challenge: AuthChallenge | undefined,
    repository: string,
    login: RegistryLogin | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (challenge?.scheme === 'basic') return login && basic(login)
    if (!challenge) return undefined
    const parameters = new URLSearchParams()
    if (challenge.service) parameters.set('service', challenge.service)
    parameters.set('scope', challenge.scope ?? `repository:${repository}:pull`)
    const answer = login?.identityToken
      ? await this.#exchangeIdentityToken(challenge.realm, parameters, login.identityToken, signal)
      : await this.#send(
          'GET',
          withQuery(challenge.realm, parameters),
          login ? { authorization: basic(login) } : {},
          signal,
        )
    if (answer.status !== 200) throw refusal('GET', challenge.realm, answer)
    return `Bearer ${tokenIn(challenge.realm, answer)}`
  }

  #exchangeIdentityToken(
    realm: string,
    parameters: URLSearchParams,
    identityToken: string,
    signal: AbortSignal,
  ): Promise<Answer> {
    parameters.set('grant_type', 'refresh_token')
    parameters.set('refresh_token', identityToken)
    parameters.set('client_id', clientId)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return this.#send('POST', realm, headers, signal, parameters.toString())
  }

  /** Follows redirects, without carrying credentials to another origin. */
  async #send(
    method: 'HEAD' | 'GET' | 'POST',
    url: string,
    headers: Record<string, string>,
    signal: AbortSignal,
    body?: string,
  ): Promise<Answer> {
    this.#dispatcher ??= this.#options.dispatcher()
    const dispatcher = await this.#dispatcher
    const common = { 'user-agent': this.#options.userAgent, ...headers }
    let target = url
    for (let redirects = 0; ; redirects++) {
      const { authorization, ...anonymousHeaders } = common as Record<string, string>
      const sameOrigin = new URL(target).origin === new URL(url).origin
      const { origin, pathname, search } = new URL(target)
      const response = await dispatcher.request({
        origin,
        path: pathname + search,
        method,
        headers: sameOrigin && authorization ? { ...anonymousHeaders, authorization } : anonymousHeaders,
        signal,
        ...(body === undefined ? {} : { body }),
      })
      const { statusCode: status } = response
      const answer: Answer = {
        url: target,
        status,
        headers: response.headers,
        body: Buffer.from(await response.body.arrayBuffer()),
      }
      const location = headerOf(answer, 'location')
      if (status < 300 || status >= 400 || location === undefined || method === 'POST') return answer
      if (redirects === maxRedirects)
        throw new RegistryAnswerError(status, `${method} ${url}: too many redirects`)
      target = new URL(location, target).href
    }
  }
}

function headerOf({ headers }: Answer, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

function basic({ username, password }: RegistryLogin): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function withQuery(realm: string, parameters: URLSearchParams): string {
  return `${realm}${realm.includes('?') ? '&' : '?'}${parameters}`
}

function tokenIn(realm: string, { status, body }: Answer): string {
  const parsed = parseJson(body)
  const token = parsed['token'] ?? parsed['access_token']
  if (typeof token !== 'string' || token === '') {
    throw new RegistryAnswerError(status, `${realm} answered without a token`)
  }
  return token
}

function refusal(method: string, url: string, { status, body }: Answer): RegistryAnswerError {
  const [first] = Array.isArray(parseJson(body)['errors']) ? (parseJson(body)['errors'] as unknown[]) : []
  const { code, message } = (first ?? {}) as { code?: unknown; message?: unknown }
  const reason =
    typeof code === 'string'
      ? `${code}: ${String(message ?? '')}`
      : `unexpected status code ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd()
  const hint = method === 'HEAD' ? ' (HEAD responses have no body, use GET for details)' : ''
  return new RegistryAnswerError(status, `${method} ${url}: ${reason}${hint}`)
}

function parseJson(body: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
