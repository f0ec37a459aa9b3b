import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { compileGoTemplate, defaultRequestLogTemplate } from '@knative-ts/config'
import { httpGet } from '../testing/http-get.ts'
import { testQueueProxy, testUserContainer } from '../testing/test-queue-proxy.ts'
import { RequestLog, traceId } from './request-log.ts'

async function logged(
  template: string,
  headers: Record<string, string>,
  { withProbes = false, tookMs = 0 } = {},
): Promise<string[]> {
  const lines: string[] = []
  const clock = new ManualClock()
  await using container = await testUserContainer(async (_request, response) => {
    await clock.advance(tookMs)
    response.end('hello')
  })
  await using world = await testQueueProxy({ userPort: container.port, clock })
  world.queueProxy.observe(
    new RequestLog(
      {
        render: compileGoTemplate(template),
        revision: {
          Name: 'r',
          Namespace: 'n',
          Service: 's',
          Configuration: 'c',
          PodName: 'p',
          PodIP: '10.0.0.7',
        },
        clock,
        write: (line) => lines.push(line),
      },
      withProbes,
    ),
  )
  await httpGet(`${world.url}/a%22b?c=d`, headers)
  await clock.settle()
  return lines
}

describe('request log', () => {
  test('writes the default template as JSON', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const [line] = await logged(defaultRequestLogTemplate, {
      traceparent,
      'User-Agent': 'me',
      Referer: 'a"b',
    })
    const { httpRequest, traceId } = JSON.parse(line!)
    expect(line!.endsWith('\n')).toBe(true)
    expect(traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736')
    expect(httpRequest).toEqual({
      requestMethod: 'GET',
      requestUrl: '/a%22b?c=d',
      requestSize: '0',
      status: 200,
      responseSize: '5',
      userAgent: 'me',
      remoteIp: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      serverIp: '10.0.0.7',
      referer: 'a"b',
      latency: expect.stringMatching(/^[\d.e-]+s$/),
      protocol: 'HTTP/1.1',
    })
  })

  test.each([
    ['TLS: {{.Request.TLS}}', 'TLS: <nil>\n'],
    ['{{.Revision.Service}} {{.Revision.PodName}} {{.Response.Code}}', 's p 200\n'],
    ['{{.Request.Header.Get "x-a"}}', '1\n'],
  ])('%s', async (template, line) => {
    expect(await logged(template, { 'X-A': '1' })).toEqual([line])
  })

  test.each([
    ['{{.Request.URL}} {{.Request.URL.Path}}', '/a%22b?c=d /a"b\n'],
    ['{{.Request.Method}} {{.Request.Proto}} {{.Request.ContentLength}}', 'GET HTTP/1.1 0\n'],
    ['{{.Request.UserAgent}} {{.Request.Referer}} {{.Request.Host}}', 'me from.example app.example\n'],
    ['{{.Request.Header.Get "user-agent"}} {{index .Request.Header "X-A"}}', 'me [1]\n'],
    [
      '{{.Revision.Name}} {{.Revision.Namespace}} {{.Revision.Configuration}} {{.Revision.PodIP}}',
      'r n c 10.0.0.7\n',
    ],
    ['{{.Response.Code}} {{.Response.Size}} {{.Response.Latency}}', '200 5 0\n'],
    ['{{.Request.Header.None}} {{index .Request.Header "None"}}', '<no value> []\n'],
    ['{{.Request.Header.Values "x-a"}} <{{.Request.Header.Get "none"}}>', '[1] <>\n'],
    ['{{.Request.URL.Scheme}}{{.Request.Trailer}} {{.Request.TransferEncoding}}', 'map[] []\n'],
    ['{{.Revision}} {{.Response}}', '{r n s c p 10.0.0.7} {200 5 0}\n'],
    ['{{js .Request.RequestURI}}\n', '/a%22b?c\\u003Dd\n'],
  ])('a template has %s', async (template, line) => {
    const headers = { 'User-Agent': 'me', Referer: 'from.example', Host: 'app.example', 'X-A': '1' }
    expect(await logged(template, headers)).toEqual([line])
  })

  test('tells in seconds how long the answer took', async () => {
    const options = { tookMs: 1_234 }
    expect(await logged('{{.Response.Latency}}', {}, options)).toEqual(['1.234\n'])
    const [line] = await logged(defaultRequestLogTemplate, {}, options)
    expect(JSON.parse(line!).httpRequest.latency).toBe('1.234s')
    expect(await logged('{{.Nope}}', {}, options)).toEqual([expect.stringContaining(', latency: 1.234,')])
  })

  test.each([
    '{{.Nope}}',
    '{{.Request.Nope}}',
    '{{.Request.Nope.Deeper}}',
    '{{.Request.URL.Nope}}',
    '{{.Request.Header.Get}}',
    '{{.Request.TLS.Version}}',
    '{{.Response.Foo}}',
    '{{.Revision.Uid}}',
    '{{if .Response.Foo}}x{{end}}',
  ])('a template that asks for what is not there: %s', async (template) => {
    const [line] = await logged(template, {})
    expect(line).toMatch(
      /^Invalid request log template: method: GET, response code: 200, latency: .*, url: \/a%22b\?c=d\n$/,
    )
  })

  test('leaves probes out unless asked', async () => {
    const probe = { 'User-Agent': 'kube-probe/1.34', 'K-Network-Probe': 'queue' }
    expect(await logged('{{.Response.Code}}', probe)).toEqual([])
    expect(await logged('{{.Response.Code}}', probe, { withProbes: true })).toEqual(['200\n'])
  })

  test('an empty header of a kubelet makes no probe', async () => {
    expect(await logged('{{.Response.Code}}', { 'K-Kubelet-Probe': '' })).toEqual(['200\n'])
    expect(await logged('{{.Response.Code}}', { 'K-Kubelet-Probe': 'queue' })).toEqual([])
  })

  test.each([
    [['traceparent', '00-abc-def-01', 'X-B3-TraceId', 'zip'], 'abc'],
    [['X-B3-TraceId', 'zip'], 'zip'],
    [[], ''],
  ])('trace id of %j is %j', (headers, id) => {
    expect(traceId(headers)).toBe(id)
  })
})
