import { hashHeaderName, hashHeaderValueOverride, type IngressPath, type IngressSpec } from '@knative-ts/apis'

/**
 * Puts in front of each rule's paths a copy of them that answers probes: it matches the request for the
 * hash and fills it in. A request that carries any other value passes unchanged.
 */
export function withProbePaths(spec: IngressSpec, hash: string): IngressSpec {
  return {
    ...spec,
    rules: (spec.rules ?? []).map((rule) => {
      const paths = rule.http?.paths ?? []
      return { ...rule, http: { paths: [...paths.map((path) => probeCopy(path, hash)), ...paths] } }
    }),
  }
}

function probeCopy(path: IngressPath, hash: string): IngressPath {
  return {
    ...path,
    headers: { ...path.headers, [hashHeaderName]: { exact: hashHeaderValueOverride } },
    appendHeaders: { ...path.appendHeaders, [hashHeaderName]: hash },
  }
}
