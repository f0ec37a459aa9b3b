import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ApiError } from '../errors.ts'
import { decodeProtobuf } from './decode-protobuf.ts'

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]
const number = (field: number, value: number) => Buffer.from([...varint(field * 8), ...varint(value)])
const bytes = (field: number, content: Buffer | string, ...more: Buffer[]) => {
  const all = Buffer.concat([Buffer.from(content), ...more])
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(all.length)]), all])
}
const join = (...parts: Buffer[]) => Buffer.concat(parts)

function envelope(apiVersion: string, kind: string, object: Buffer): Buffer {
  return join(Buffer.from('k8s\0'), bytes(1, join(bytes(1, apiVersion), bytes(2, kind))), bytes(2, object))
}

describe('a protobuf body', () => {
  test('becomes the JSON form of its object', () => {
    const metadata = bytes(
      1,
      join(bytes(1, 'web'), bytes(3, ''), bytes(8, ''), bytes(11, join(bytes(1, 'app'), bytes(2, 'web')))),
    )
    const port = join(
      bytes(1, ''),
      number(3, 80),
      bytes(4, join(number(1, 1), number(2, 0), bytes(3, 'http'))),
      number(5, 0),
    )
    const spec = bytes(
      2,
      join(bytes(1, port), bytes(2, join(bytes(1, 'app'), bytes(2, 'web'))), bytes(4, 'ClusterIP')),
    )
    expect(decodeProtobuf(envelope('v1', 'Service', join(metadata, spec)))).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: { ports: [{ port: 80, targetPort: 'http' }], selector: { app: 'web' }, type: 'ClusterIP' },
    })
  })

  test('keeps zeros and falsehoods that mean something, and flattens what Go embeds', () => {
    const source = bytes(6, bytes(1, 'secret'))
    const volume = bytes(1, join(bytes(1, 'v'), bytes(2, source)))
    const container = bytes(
      2,
      join(
        bytes(1, 'c'),
        bytes(2, 'i'),
        bytes(8, bytes(1, join(bytes(1, 'cpu'), bytes(2, bytes(1, '500m'))))),
      ),
    )
    const podSpec = join(volume, container, number(4, 0), number(11, 0), number(30, 0))
    const template = bytes(3, bytes(2, podSpec))
    const body = envelope('apps/v1', 'Deployment', bytes(2, join(number(1, 0), number(5, 0), template)))
    expect(decodeProtobuf(body)).toMatchObject({
      spec: {
        replicas: 0,
        template: {
          spec: {
            terminationGracePeriodSeconds: 0,
            enableServiceLinks: false,
            volumes: [{ name: 'v', secret: { secretName: 'secret' } }],
            containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '500m' } } }],
          },
        },
      },
    })
    expect(decodeProtobuf(body)['spec']).not.toHaveProperty('minReadySeconds')
    expect(decodeProtobuf(body)).not.toHaveProperty('spec.template.spec.hostNetwork')
  })

  test('of an unknown kind is 415, of another format 400', () => {
    expect(() => decodeProtobuf(envelope('x/v1', 'Y', Buffer.alloc(0)))).toThrow(
      expect.objectContaining({ httpCode: 415 }),
    )
    expect(() => decodeProtobuf(Buffer.from('nonsense'))).toThrow(expect.objectContaining({ httpCode: 400 }))
  })

  test('of any bytes fails with a Status or decodes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        try {
          expect(decodeProtobuf(envelope('v1', 'Pod', Buffer.from(noise)))).toMatchObject({ kind: 'Pod' })
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError)
        }
      }),
    )
  })
})
