import { expect, test } from '@jest/globals'
import { heldBytes } from './held-bytes.ts'

test.each<[string, string[], boolean, number, (1 | 2)?]>([
  ['a head', ['Host', 'a.b'], false, 1 + 7 + 4],
  ['a short body', ['Content-Length', '100'], true, 1 + 17 + 4 + 100],
  ['of a long body what is read ahead', ['Content-Length', '9999999'], true, 1 + 21 + 4 + 65_536],
  ['a body of unknown length', ['Transfer-Encoding', 'chunked'], true, 1 + 24 + 4 + 65_536],
  ['one by HTTP/2', [], true, 1 + 262_144, 2],
])('%s', (_, headers, hasBody, bytes, httpMajor = 1) => {
  expect(heldBytes({ headers, target: '/', hasBody, httpMajor })).toBe(bytes)
})
