import { defaultRouteHeaderName, tagHeaderName } from '@knative-ts/apis'
import { hasHeader, headerValue, type RawHeaders } from '@knative-ts/http-proxy'

/** Value of the metric label `kn.route.tag`: by which tag of its route a request came. */
export function routeTag(headers: RawHeaders): string {
  const tag = headerValue(headers, tagHeaderName) ?? ''
  const byDefault = headerValue(headers, defaultRouteHeaderName) ?? ''
  if (tag === '') return hasHeader(headers, defaultRouteHeaderName) ? 'kn:default' : 'kn:disabled'
  return byDefault === 'true' ? 'kn:undefined' : tag
}
