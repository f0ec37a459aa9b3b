import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import protobuf from 'protobufjs'
import * as envoy from '../envoy/index.ts'
import type { Codec, Fields, Message } from './index.ts'

/** Only in Envoy's contrib builds, so not among the published definitions. */
const contributed = new Set([envoy.CryptoMbPrivateKeyMethodConfig.protoType])

const root = new protobuf.Root()

beforeAll(() => {
  const { resolve } = createRequire(import.meta.url)
  const published = join(dirname(resolve('@grpc/grpc-js-xds/package.json')), 'deps')
  const includes = [
    ...['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate'].map((name) => join(published, name)),
    dirname(resolve('protobufjs/package.json')),
  ]
  root.resolvePath = (_origin, target) => {
    const owner = includes.find((include) => protoFiles(include).has(target))
    return owner ? join(owner, target) : null
  }
  // A retired tracer's definitions are imported but not published.
  protobuf.parse('syntax = "proto3"; package opencensus.proto.trace.v1; message TraceConfig {}', root)
  root.loadSync(filesUsed(includes[0]!))
})

const listings = new Map<string, Set<string>>()

function protoFiles(folder: string): Set<string> {
  const known = listings.get(folder)
  if (known) return known
  const files = new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }))
  listings.set(folder, files)
  return files
}

/** The files of the packages that our messages come from. */
function filesUsed(envoyApi: string): string[] {
  const folders = new Set(
    messages().map(({ protoType }) => protoType.split('.').filter(isPackagePart).join('/')),
  )
  return [...protoFiles(envoyApi)].filter((file) => file.endsWith('.proto') && folders.has(dirname(file)))
}

function isPackagePart(part: string): boolean {
  return part === part.toLowerCase()
}

/** Every message that a resource of ours can contain, and those of the stream itself. */
function messages(): Message<Fields>[] {
  const found = new Map<string, Message<Fields>>()
  const visit = (codec: Codec<unknown>) => {
    if (!('fields' in codec) || found.has(codec.protoType)) return
    const message = codec as Message<Fields>
    found.set(message.protoType, message)
    for (const { codec: inner } of Object.values(message.fields)) visit(inner)
  }
  for (const value of Object.values(envoy)) {
    if (typeof value === 'object') visit(value as Codec<unknown>)
  }
  return [...found.values()].filter(
    ({ protoType }) => protoType.startsWith('envoy.') && !contributed.has(protoType),
  )
}

describe("our message tables agree with Envoy's definitions", () => {
  test.each(messages().map((message) => [message.protoType, message] as const))('%s', (name, message) => {
    const official = root.lookupType(name)
    const described = Object.entries(message.fields).map(([field, { number, label, codec }]) => ({
      field,
      number,
      label,
      type: codec.protoType,
    }))
    const expected = Object.keys(message.fields).map((field) => {
      const known = official.fields[field]
      known?.resolve()
      return {
        field,
        number: known?.id,
        label: known?.map ? 'map' : known?.repeated ? 'repeated' : 'optional',
        type: known?.resolvedType?.fullName.slice(1) ?? known?.type,
      }
    })
    expect(described).toEqual(expected)
    for (const { codec } of Object.values(message.fields)) {
      if (!('numbers' in codec)) continue
      expect(root.lookupEnum(codec.protoType).values).toMatchObject(codec.numbers as object)
    }
  })
})
