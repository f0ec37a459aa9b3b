import { foldedHeader, hasHeader, headerValue, type RawHeaders } from '@knative-ts/http-proxy'

/**
 * The `Forwarded` header (RFC 7239) that says what the `X-Forwarded-*` ones say, for apps that know only the standard; undefined
 * when the client sent one or there is nothing to say.
 */
export function forwardedHeader(headers: RawHeaders): string | undefined {
  if (hasHeader(headers, 'forwarded')) return undefined
  const nodes = foldedHeader(headers, 'x-forwarded-for') ?? ''
  const host = (headerValue(headers, 'x-forwarded-host') ?? '').trim()
  const proto = (headerValue(headers, 'x-forwarded-proto') ?? '').trim()
  if (nodes === '' && host === '' && proto === '') return undefined
  const [first = '', ...others] = nodes.split(',')
  const client = [
    first.trim() === '' ? '' : forNode(first),
    host === '' ? '' : `host=${host}`,
    proto === '' ? '' : `proto=${proto}`,
  ]
  const elements = [client.filter(isSaid).join(';'), ...others.map(forNode)].filter(isSaid)
  return elements.length === 0 ? undefined : elements.join(', ')
}

function isSaid(text: string): boolean {
  return text !== ''
}

/** An IPv6 address goes in brackets and quotes (RFC 7239 §6). */
function forNode(text: string): string {
  const node = text.trim()
  return node.includes(':') ? `for="[${node}]"` : `for=${node}`
}
