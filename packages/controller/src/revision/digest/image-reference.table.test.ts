import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseImageReference } from './image-reference.ts'
import { knownDigest } from './known-digest.ts'

const sha = `sha256:${'a'.repeat(64)}`

describe('image names', () => {
  test.each([
    ['busybox', 'index.docker.io', 'library/busybox', 'latest', undefined],
    ['busybox:1.2', 'index.docker.io', 'library/busybox', '1.2', undefined],
    ['user/app', 'index.docker.io', 'user/app', 'latest', undefined],
    ['docker.io/busybox', 'index.docker.io', 'library/busybox', 'latest', undefined],
    ['index.docker.io/user/app:v1', 'index.docker.io', 'user/app', 'v1', undefined],
    ['gcr.io/a/b/c:x', 'gcr.io', 'a/b/c', 'x', undefined],
    ['localhost/app', 'localhost', 'app', 'latest', undefined],
    ['host:5000/app', 'host:5000', 'app', 'latest', undefined],
    ['host:5000/app:v2', 'host:5000', 'app', 'v2', undefined],
    ['dev.local/hello', 'dev.local', 'hello', 'latest', undefined],
    [`gcr.io/a/b@${sha}`, 'gcr.io', 'a/b', 'latest', sha],
    [`gcr.io/a/b:v1@${sha}`, 'gcr.io', 'a/b', 'v1', sha],
  ])('%s', (image, registry, repository, tag, digest) => {
    expect(parseImageReference(image)).toEqual({ registry, repository, tag, digest })
  })

  test.each([
    '',
    'UPPER/case',
    'a/b:bad tag',
    'gcr.io/a@sha256:short',
    `x@${sha}@${sha}`,
    'gcr.io/',
    'h:x:y/z',
  ])('refuses %j', (image) => {
    expect(() => parseImageReference(image)).toThrow(expect.objectContaining({ code: 'IMAGE_REFERENCE' }))
  })

  test('any text is taken apart or refused with a code', () => {
    fc.assert(
      fc.property(fc.string(), (image) => {
        try {
          expect(parseImageReference(image).repository).not.toBe('')
        } catch (error) {
          expect(error).toMatchObject({ code: 'IMAGE_REFERENCE' })
        }
      }),
    )
  })
})

describe('what needs no registry', () => {
  const skipped = new Set(['dev.local', 'host:5000'])
  test.each([
    [`gcr.io/a/b@${sha}`, { kind: 'known', digest: `gcr.io/a/b@${sha}` }],
    ['dev.local/hello', { kind: 'known', digest: '' }],
    ['host:5000/app:v1', { kind: 'known', digest: '' }],
  ])('%s', (image, expected) => {
    expect(knownDigest(image, skipped)).toEqual(expected)
  })

  test.each(['host/app', 'host:5001/app', 'sub.dev.local/hello', 'hello'])(
    '%s must be asked for',
    (image) => {
      expect(knownDigest(image, skipped).kind).toBe('ask')
    },
  )
})
