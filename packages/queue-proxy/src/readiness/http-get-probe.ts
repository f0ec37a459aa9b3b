import type { Clock } from '@knative-ts/clock'
import { headerValue, isHeader, type SmallResponse, send, Upstreams } from '@knative-ts/http-proxy'
import { ProbeError } from '../errors.ts'
import type { ProbeAction } from './probe-spec.ts'

type HttpGet = Extract<ProbeAction, { kind: 'httpGet' }>

interface HttpGetOptions {
  readonly clock: Clock
  /** For the whole probe, redirects included. */
  readonly timeoutMs: number
  /** Ask by h2c first, and probe by it if it answers well. */
  readonly http2AutoDetection: boolean
}

/** What the kubelet sends; we have no version of Kubernetes to put in. */
const userAgent = 'kube-probe//'
const maxRedirects = 10

/**
 * Passes when a GET is answered with 200 to 399, after following redirects. Each probe has a connection of its own.
 * @throws ProbeError, or the UpstreamError that says why there was no answer
 */
export async function httpGetProbe(probe: HttpGet, options: HttpGetOptions): Promise<void> {
  const upstreams = new Upstreams({ clock: options.clock, maxIdle: 0, maxIdlePerDestination: 0 })
  const deadlineMs = options.clock.monotonic() + options.timeoutMs
  const get = (url: URL, httpMajor: 1 | 2, custom: boolean) =>
    getOnce(upstreams, url, httpMajor, custom ? probe.headers : [], options.clock, deadlineMs)
  const first = new URL(`${probe.scheme.toLowerCase()}://${hostPort(probe)}${probe.target}`)
  try {
    const httpMajor = options.http2AutoDetection ? await detect(first, get) : 1
    let url = first
    for (let redirects = 0; ; redirects++) {
      const response = await get(url, httpMajor, true)
      const location = headerValue(response.headers, 'location')
      if (!isRedirect(response.status) || location === undefined) {
        if (passes(response.status)) return
        throw new ProbeError(`HTTP probe did not respond Ready, got status code: ${response.status}`)
      }
      if (redirects === maxRedirects) throw new ProbeError(`stopped after ${maxRedirects} redirects`)
      url = new URL(location, url)
    }
  } finally {
    upstreams.stop()
  }
}

type Get = (url: URL, httpMajor: 1 | 2, custom: boolean) => Promise<SmallResponse>

/** Which version of HTTP the container speaks: 2 only if it answers well by prior knowledge. */
async function detect(url: URL, get: Get): Promise<1 | 2> {
  try {
    return passes((await get(url, 2, false)).status) ? 2 : 1
  } catch {
    return 1
  }
}

async function getOnce(
  upstreams: Upstreams,
  url: URL,
  httpMajor: 1 | 2,
  headers: readonly string[],
  clock: Clock,
  deadlineMs: number,
): Promise<SmallResponse> {
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  // The kubelet doesn't check a container's certificate either.
  const tls = secure ? () => ({ rejectUnauthorized: false }) : undefined
  const destination = upstreams.to(host, port, tls)
  const own: string[] = []
  let hostHeader = url.host
  for (let i = 0; i < headers.length; i += 2) {
    if (isHeader(headers[i]!, 'host')) hostHeader = headers[i + 1]!
    else own.push(headers[i]!, headers[i + 1]!)
  }
  if (headerValue(own, 'user-agent') === undefined) own.push('User-Agent', userAgent)
  if (headerValue(own, 'accept') === undefined) own.push('Accept', '*/*')
  if (httpMajor === 1) own.push('Connection', 'close')
  try {
    return await send(
      destination,
      {
        method: 'GET',
        target: `${url.pathname}${url.search}`,
        host: hostHeader,
        headers: own,
        httpMajor,
        timeoutMs: Math.max(1, deadlineMs - clock.monotonic()),
      },
      clock,
    )
  } finally {
    destination.close()
  }
}

function hostPort(probe: HttpGet): string {
  return `${probe.host.includes(':') ? `[${probe.host}]` : probe.host}:${probe.port}`
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
}

function passes(status: number): boolean {
  return status >= 200 && status < 400
}
