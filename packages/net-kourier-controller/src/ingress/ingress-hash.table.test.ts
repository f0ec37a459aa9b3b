import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { IngressSpec } from '@knative-ts/apis'
import { ingressHash, specJSON } from './ingress-hash.ts'

const minimal = { serviceNamespace: 'ns', serviceName: 's', servicePort: 80 }

const rows: [string, IngressSpec, string][] = [
  ['nothing', {}, '{}'],
  ['empty lists and texts are left out', { tls: [], rules: [] }, '{}'],
  [
    'fields keep their declared order, whatever the order in memory',
    {
      httpOption: 'Enabled',
      rules: [
        {
          http: {
            paths: [
              {
                appendHeaders: { b: '2', a: '1' },
                splits: [{ appendHeaders: { 'X-Rev': 'r' }, percent: 100, ...minimal }],
                headers: { 'K-Tag': { exact: 'v1' } },
                rewriteHost: 'inner',
                path: '/p',
              },
            ],
          },
          visibility: 'ExternalIP',
          hosts: ['h'],
        },
      ],
      tls: [{ secretNamespace: 'sn', secretName: 'sc', hosts: ['h'] }],
    },
    '{"tls":[{"hosts":["h"],"secretName":"sc","secretNamespace":"sn"}],"rules":[{"hosts":["h"],"visibility":"ExternalIP","http":{"paths":[{"path":"/p","rewriteHost":"inner","headers":{"K-Tag":{"exact":"v1"}},"splits":[{"serviceNamespace":"ns","serviceName":"s","servicePort":80,"percent":100,"appendHeaders":{"X-Rev":"r"}}],"appendHeaders":{"a":"1","b":"2"}}]}}],"httpOption":"Enabled"}',
  ],
  [
    'what is required stays even if empty, and a percentage of 0 disappears',
    {
      rules: [
        {
          http: {
            paths: [{ headers: { h: { exact: '' } }, splits: [{ ...minimal, serviceName: '', percent: 0 }] }],
          },
        },
      ],
    },
    '{"rules":[{"http":{"paths":[{"headers":{"h":{"exact":""}},"splits":[{"serviceNamespace":"ns","serviceName":"","servicePort":80}]}]}}]}',
  ],
  [
    'missing lists that are required are null',
    { rules: [{ http: {} as never }, { http: { paths: [{} as never] } }] },
    '{"rules":[{"http":{"paths":null}},{"http":{"paths":[{"splits":null}]}}]}',
  ],
  [
    'empty lists that are required stay',
    { rules: [{ http: { paths: [] } }] },
    '{"rules":[{"http":{"paths":[]}}]}',
  ],
  [
    'a named port is text',
    { rules: [{ http: { paths: [{ splits: [{ ...minimal, servicePort: 'http2' }] }] } }] },
    '{"rules":[{"http":{"paths":[{"splits":[{"serviceNamespace":"ns","serviceName":"s","servicePort":"http2"}]}]}}]}',
  ],
  [
    'Go escapes what HTML could misread; other text is raw UTF-8',
    { rules: [{ hosts: ['<&>\u2028\u2029é\u{1F600}"\\\n\t\b\f'] }] },
    '{"rules":[{"hosts":["\\u003c\\u0026\\u003e\\u2028\\u2029é\u{1F600}\\"\\\\\\n\\t\\b\\f"]}]}',
  ],
  [
    'map keys are sorted by their bytes, not by UTF-16 units',
    {
      rules: [
        { http: { paths: [{ splits: [], appendHeaders: { '\u{1F600}': '1', '\uFB00': '2', a: '3' } }] } },
      ],
    },
    '{"rules":[{"http":{"paths":[{"splits":[],"appendHeaders":{"a":"3","\uFB00":"2","\u{1F600}":"1"}}]}}]}',
  ],
  [
    'fields that are not of the API take no part',
    { rules: [{ hosts: ['h'], extra: 1 } as never] },
    '{"rules":[{"hosts":["h"]}]}',
  ],
]

describe('the spec as Go writes it', () => {
  test.each(rows)('%s', (_, spec, json) => {
    expect(specJSON(spec)).toBe(json)
  })
})

test('the hash covers spec, namespace and name', () => {
  const expected = createHash('sha256').update('{"rules":[{"hosts":["h"]}]}nsname').digest('hex')
  expect(ingressHash({ rules: [{ hosts: ['h'] }] }, 'ns', 'name')).toBe(expected)
  expect(ingressHash({ rules: [{ hosts: ['h'] }] }, 'ns', 'other')).not.toBe(expected)
})
