import { createHash } from 'node:crypto'
import type { IngressPath, IngressRule, IngressSpec, IngressSplit, IngressTLS } from '@knative-ts/apis'

/**
 * Identifies a version of an Ingress: the hash that a gateway which serves it returns in `K-Network-Hash`.
 * Conformance tests compute it too, so the bytes hashed are those of Go's JSON encoding.
 * @param spec with defaults applied and without probe paths
 * @returns lower-case hex SHA-256
 */
export function ingressHash(spec: IngressSpec, namespace: string, name: string): string {
  return createHash('sha256').update(specJSON(spec)).update(namespace).update(name).digest('hex')
}

/** The spec as Go writes it: fields in declaration order, map keys sorted, empty values left out. */
export function specJSON(spec: IngressSpec): string {
  return object([
    ['tls', list(spec.tls, tlsJSON)],
    ['rules', list(spec.rules, ruleJSON)],
    ['httpOption', text(spec.httpOption)],
  ])
}

function tlsJSON(tls: IngressTLS): string {
  return object([
    ['hosts', list(tls.hosts, quoted)],
    ['secretName', text(tls.secretName)],
    ['secretNamespace', text(tls.secretNamespace)],
  ])
}

function ruleJSON(rule: IngressRule): string {
  return object([
    ['hosts', list(rule.hosts, quoted)],
    ['visibility', text(rule.visibility)],
    ['http', rule.http && object([['paths', rule.http.paths ? array(rule.http.paths, pathJSON) : 'null']])],
  ])
}

function pathJSON(path: IngressPath): string {
  return object([
    ['path', text(path.path)],
    ['rewriteHost', text(path.rewriteHost)],
    ['headers', stringMap(path.headers, (match) => object([['exact', quoted(match.exact ?? '')]]))],
    ['splits', path.splits ? array(path.splits, splitJSON) : 'null'],
    ['appendHeaders', stringMap(path.appendHeaders, quoted)],
  ])
}

function splitJSON(split: IngressSplit): string {
  return object([
    ['serviceNamespace', quoted(split.serviceNamespace ?? '')],
    ['serviceName', quoted(split.serviceName ?? '')],
    [
      'servicePort',
      typeof split.servicePort === 'string' ? quoted(split.servicePort) : String(split.servicePort ?? 0),
    ],
    ['percent', split.percent ? String(split.percent) : undefined],
    ['appendHeaders', stringMap(split.appendHeaders, quoted)],
  ])
}

function object(fields: readonly (readonly [string, string | undefined])[]): string {
  const present = fields.filter(([, json]) => json !== undefined)
  return `{${present.map(([name, json]) => `"${name}":${json}`).join(',')}}`
}

function array<T>(items: readonly T[], json: (item: T) => string): string {
  return `[${items.map(json).join(',')}]`
}

function list<T>(items: readonly T[] | undefined, json: (item: T) => string): string | undefined {
  return items && items.length > 0 ? array(items, json) : undefined
}

function text(value: string | undefined): string | undefined {
  return value ? quoted(value) : undefined
}

function stringMap<T>(
  entries: Readonly<Record<string, T>> | undefined,
  json: (value: T) => string,
): string | undefined {
  const keys = Object.keys(entries ?? {})
  if (!entries || keys.length === 0) return undefined
  const sorted = keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return `{${sorted.map((key) => `${quoted(key)}:${json(entries[key]!)}`).join(',')}}`
}

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** JSON text as Go escapes it. Lone surrogates cannot come from the API, whose JSON is valid UTF-8. */
function quoted(value: string): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => escapes[character]!)
}
