import type { IngressPath, IngressSpec, IngressTLS } from '@knative-ts/apis'
import { TranslationError } from '../errors.ts'

const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are forbidden
const forbiddenInValue = /[\u0000-\u0008\u000a-\u001f\u007f]/
const serverName = /^(\*\.)?[^*]+$/

/**
 * Rejects what a gateway would refuse. A gateway refuses all routes for the sake of a single bad one, so an
 * Ingress that nobody validated must be stopped here.
 * @throws TranslationError naming the field
 */
export function checkGatewayRules(spec: IngressSpec): void {
  spec.tls?.forEach((entry, i) => {
    checkServerNames(entry, `spec.tls[${i}].hosts`)
  })
  spec.rules?.forEach((rule, i) => {
    rule.http?.paths.forEach((path, j) => {
      checkPath(path, `spec.rules[${i}].http.paths[${j}]`)
    })
  })
}

function checkServerNames({ hosts = [] }: IngressTLS, field: string): void {
  for (const host of hosts) {
    if (!serverName.test(host)) {
      throw new TranslationError(
        `${field}: "${host}" is no server name; a wildcard can only replace the first label`,
      )
    }
  }
}

function checkPath(path: IngressPath, field: string): void {
  const splits = path.splits ?? []
  const total = splits.reduce((sum, { percent = 0 }) => sum + percent, 0)
  if (!splits.every(({ percent = 0 }) => Number.isInteger(percent) && percent >= 0) || total === 0) {
    throw new TranslationError(`${field}.splits: percentages must be whole numbers that add up to 100`)
  }
  for (const name of Object.keys(path.headers ?? {}))
    checkHeader(name, path.headers?.[name]?.exact, `${field}.headers`)
  checkHeaders(path.appendHeaders, `${field}.appendHeaders`)
  splits.forEach(({ appendHeaders }, k) => {
    checkHeaders(appendHeaders, `${field}.splits[${k}].appendHeaders`)
  })
  if (path.rewriteHost && forbiddenInValue.test(path.rewriteHost)) {
    throw new TranslationError(`${field}.rewriteHost: holds a character that no header may hold`)
  }
}

function checkHeaders(headers: Readonly<Record<string, string>> = {}, field: string): void {
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() === 'host') {
      throw new TranslationError(`${field}: Host cannot be set this way; use rewriteHost`)
    }
    checkHeader(name, value, field)
  }
}

function checkHeader(name: string, value: string | undefined, field: string): void {
  if (!headerName.test(name)) throw new TranslationError(`${field}: "${name}" is no header name`)
  if (value !== undefined && forbiddenInValue.test(value)) {
    throw new TranslationError(`${field}: the value of ${name} holds a character that no header may hold`)
  }
}
