import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { configurationLabelKey, revisions, serviceLabelKey } from '@knative-ts/apis'
import { compileGoTemplate, defaultRequestLogTemplate } from '@knative-ts/config'
import type { FakePod } from '../testing/fake-pod.ts'
import { TestWorld } from '../testing/test-world.ts'
import { requestLog } from './request-log.ts'

let world: TestWorld
let lines: string[]

beforeEach(() => {
  world = new TestWorld()
  lines = []
})

afterEach(() => world.stop())

async function serveWith(template: string): Promise<FakePod> {
  const observer = requestLog({
    render: compileGoTemplate(template),
    clock: world.clock,
    write: (line) => {
      lines.push(line)
      world.changed()
    },
  })
  await world.start({ observers: () => [observer] })
  const revision = world.addRevision('hello-00001')
  revision.metadata.labels = { [serviceLabelKey]: 'hello', [configurationLabelKey]: 'hello-config' }
  world.api.replace(revisions, revision)
  const pod = await world.addPod('pod-1', '127.0.7.51')
  world.listPods('hello-00001', [pod])
  return pod
}

async function lineFor(headers: Record<string, string> = {}, path = '/'): Promise<string> {
  await world.get('hello-00001', headers, path).response
  await world.until(() => lines.length > 0)
  return lines[0]!
}

test('the default template gives a line of JSON', async () => {
  await serveWith(defaultRequestLogTemplate)
  const line = await lineFor({ 'user-agent': 'a "quoted" agent', referer: 'http://from.example' }, '/a?b=c')
  expect(line.endsWith('}\n')).toBe(true)
  expect(JSON.parse(line)).toEqual({
    httpRequest: {
      requestMethod: 'GET',
      requestUrl: '/a?b=c',
      requestSize: '0',
      status: 200,
      responseSize: '5',
      userAgent: 'a "quoted" agent',
      remoteIp: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      serverIp: '',
      referer: 'http://from.example',
      latency: '0s',
      protocol: 'HTTP/1.1',
    },
    traceId: '',
  })
})

test('latency is told in seconds', async () => {
  const pod = await serveWith('{{.Response.Latency}}')
  pod.holding = true
  const line = lineFor()
  await pod.received(1)
  await world.clock.advance(1250)
  pod.release()
  expect(await line).toBe('1.25\n')
})

test.each([
  [
    '{{.Revision.Namespace}}/{{.Revision.Name}} {{.Revision.Service}} {{.Revision.Configuration}}',
    'default/hello-00001 hello hello-config',
  ],
  ['TLS: {{.Request.TLS}}', 'TLS: <nil>'],
  ['{{index .Request.Header "X-Test"}} {{.Request.Header.Get "x-test"}}', '[a] a'],
  [
    '{{.Request.Host}} {{.Request.URL.Path}} {{.Request.URL.RawQuery}}',
    'hello-00001.default.example.com /a b=c',
  ],
  ['{{len 5}}', 'Invalid request log template: method: GET, response code: 200, latency: 0, url: /a?b=c'],
])('%s', async (template, text) => {
  await serveWith(template)
  expect(await lineFor({ 'x-test': 'a' }, '/a?b=c')).toBe(`${text}\n`)
})

test('a trace, a pod and its address are left empty', async () => {
  await serveWith('<{{.TraceID}}> <{{.Revision.PodName}}> <{{.Revision.PodIP}}>')
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  expect(await lineFor({ traceparent, 'x-b3-traceid': 'b3' })).toBe('<> <> <>\n')
})

test.each([
  ['the kubelet’s', { 'user-agent': 'kube-probe/1.34' }],
  ['an ingress’', { 'k-network-probe': 'probe', 'k-network-hash': 'a' }],
  ['an autoscaler’s', { 'k-network-probe': 'activator' }],
])('probes are left out: %s', async (_, headers) => {
  await serveWith('{{.Request.RequestURI}}')
  await world.get('hello-00001', headers, '/probe').response
  expect(await lineFor({}, '/request')).toBe('/request\n')
})

test('a request that was given up counts as 500 without a body', async () => {
  await serveWith('{{.Response.Code}} {{.Response.Size}}')
  world.listPods('hello-00001', [])
  const request = world.get('hello-00001')
  await world.until(() => world.loads.length > 0)
  request.abort()
  await expect(request.response).rejects.toThrow()
  await world.until(() => lines.length > 0)
  expect(lines).toEqual(['500 0\n'])
})
