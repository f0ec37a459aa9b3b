import type { HeaderValueOption } from '@knative-ts/xds'

/** Request headers to set, replacing what the client sent; sorted by name. */
export function headersToSet(headers: Readonly<Record<string, string>> = {}): HeaderValueOption[] {
  return Object.keys(headers)
    .sort()
    .map((key) => ({
      header: { key, value: headers[key]! },
      appendAction: 'OVERWRITE_IF_EXISTS_OR_ADD',
      ...(headers[key] === '' ? { keepEmptyValue: true } : {}),
    }))
}
