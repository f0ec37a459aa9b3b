import { expect, test } from '@jest/globals'
import { isImageReference } from './image-reference.ts'

const digest = `sha256:${'a'.repeat(64)}`

test.each([
  'busybox',
  'library/busybox:latest',
  'dev.local/hello',
  'gcr.io/foo/bar:v1.2_3-x',
  'localhost:5000/foo',
  'registry:5000/foo/bar',
  `gcr.io/foo@${digest}`,
  `gcr.io/foo:tag@${digest}`,
])('%s is one', (image) => expect(isImageReference(image)).toBe(true))

test.each([
  '',
  'a',
  'UPPER/case',
  'foo:bar:baz',
  'foo:',
  `foo:${'t'.repeat(129)}`,
  'foo bar',
  'foo@sha256:abc',
  `foo@${digest}@${digest}`,
  'foo@md5:abc',
  'gcr.io/',
])('%j is none', (image) => expect(isImageReference(image)).toBe(false))
