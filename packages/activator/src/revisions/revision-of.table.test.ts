import { expect, test } from '@jest/globals'
import { revisionOf } from './revision-of.ts'

const named = (name: string, namespace: string) => [
  'Knative-Serving-Revision',
  name,
  'Knative-Serving-Namespace',
  namespace,
]

test.each<[string, string[], string, string]>([
  ['both headers', named('hello-00001', 'default'), 'hello.example.com', 'default/hello-00001'],
  ['headers win over Host', named('a', 'ns'), 'b.other.svc.cluster.local', 'ns/a'],
  ['one header is not enough', ['Knative-Serving-Revision', 'a'], 'b.ns.svc.cluster.local', 'ns/b'],
  ['an empty header counts as none', named('a', ''), 'b.ns.svc.cluster.local', 'ns/b'],
  ['full name of a Service', [], 'hello-00001.default.svc.cluster.local', 'default/hello-00001'],
  ['full name with a port', [], 'hello-00001.default.svc.cluster.local:8080', 'default/hello-00001'],
  ['another domain', [], 'hello-00001.default.svc.example.org', '/'],
  ['more labels', [], 'x.hello-00001.default.svc.cluster.local', '/'],
  ['not a Service', [], 'hello-00001.default.pod.cluster.local', '/'],
  ['short name', [], 'hello-00001.default', '/'],
  ['no domain', [], 'hello-00001.default.svc', '/'],
  ['no Host', [], '', '/'],
  ['a name alone', ['Knative-Serving-Revision', 'a'], 'a.example.com', '/a'],
  ['a namespace alone', ['Knative-Serving-Namespace', 'ns'], 'a.example.com', 'ns/'],
])('%s', (_, headers, host, key) => {
  const { namespace, name } = revisionOf({ headers, host }, 'cluster.local')
  expect(`${namespace}/${name}`).toBe(key)
})
