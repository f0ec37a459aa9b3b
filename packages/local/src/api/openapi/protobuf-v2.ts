/**
 * OpenAPI v2 as the protobuf message `openapi.v2.Document` of google/gnostic-models, which is the only form of v2 that
 * kubectl reads. It asks v2 whether a kind that was defined a moment ago takes `fieldValidation`, so this holds the
 * operations with their parameters, and no schemas: those it gets from v3.
 */

/** A write operation and the kind it is for. */
export interface OperationNote {
  readonly path: string
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string }
  readonly parameters: readonly string[]
}

const field = {
  document: { swagger: 1, info: 2, paths: 8 },
  info: { title: 1, version: 2 },
  paths: { path: 2 },
  named: { name: 1, value: 2 },
  pathItem: { patch: 8 },
  operation: { parameters: 8, vendorExtension: 13 },
  any: { yaml: 2 },
  parametersItem: { parameter: 1 },
  parameter: { nonBody: 2 },
  nonBody: { query: 3 },
  query: { in: 2, name: 4 },
} as const

function varint(value: number): Buffer {
  const bytes: number[] = []
  let left = value
  for (; left > 0x7f; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80)
  bytes.push(left)
  return Buffer.from(bytes)
}

function bytes(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content])
}

function text(number: number, content: string): Buffer {
  return bytes(number, Buffer.from(content))
}

function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields)
}

function named(name: string, value: Buffer): Buffer {
  return message(text(field.named.name, name), bytes(field.named.value, value))
}

function queryParameter(name: string): Buffer {
  const query = message(text(field.query.in, 'query'), text(field.query.name, name))
  const nonBody = bytes(field.nonBody.query, query)
  return bytes(field.parametersItem.parameter, bytes(field.parameter.nonBody, nonBody))
}

function pathItem({ kind, parameters }: OperationNote): Buffer {
  const yaml = `group: ${JSON.stringify(kind.group)}\nkind: ${kind.kind}\nversion: ${kind.version}\n`
  const extension = named('x-kubernetes-group-version-kind', text(field.any.yaml, yaml))
  const operation = message(
    ...parameters.map((name) => bytes(field.operation.parameters, queryParameter(name))),
    bytes(field.operation.vendorExtension, extension),
  )
  return bytes(field.pathItem.patch, operation)
}

/** Writes the document. */
export function encodeOpenApiV2(
  info: { title: string; version: string },
  operations: readonly OperationNote[],
): Buffer {
  const paths = operations.map((operation) =>
    bytes(field.paths.path, named(operation.path, pathItem(operation))),
  )
  return message(
    text(field.document.swagger, '2.0'),
    bytes(
      field.document.info,
      message(text(field.info.title, info.title), text(field.info.version, info.version)),
    ),
    bytes(field.document.paths, message(...paths)),
  )
}
