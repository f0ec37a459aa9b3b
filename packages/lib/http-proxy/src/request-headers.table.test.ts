import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isKubeletProbe, isProbe } from './probes.ts'
import { foldedHeader, hasHeader, headerValue, listHasToken, type RawHeaders } from './raw-headers.ts'
import { type HeaderChanges, rewriteRequestHeaders, withoutHopByHop } from './request-headers.ts'

function rewritten(headers: RawHeaders, changes: HeaderChanges = {}, upgrade?: string): RawHeaders {
  return rewriteRequestHeaders({ headers, remoteAddress: '10.0.0.1', upgrade }, changes)
}

const peer = ['X-Forwarded-For', '10.0.0.1']

describe('rewriteRequestHeaders', () => {
  test.each<[string, RawHeaders, RawHeaders]>([
    ['nothing', [], peer],
    ['Host is sent apart', ['Host', 'a', 'X', '1'], ['X', '1', ...peer]],
    [
      'order, spelling and repetition stay',
      ['x-B', '1', 'X-b', '2', 'A', ''],
      ['x-B', '1', 'X-b', '2', 'A', '', ...peer],
    ],
    [
      'hop-by-hop headers go',
      [
        ...[
          'Connection',
          'keep-alive',
          'Proxy-Connection',
          'x',
          'Keep-Alive',
          'x',
          'Proxy-Authenticate',
          'x',
        ],
        ...['Proxy-Authorization', 'x', 'TE', 'gzip', 'Transfer-Encoding', 'chunked', 'UPGRADE', 'x'],
      ],
      peer,
    ],
    [
      'so do those that Connection names, in any of its lines',
      ['connection', 'X-One, close', 'x-one', '1', 'Connection', 'x-two', 'X-Two', '2', 'X-Three', '3'],
      ['X-Three', '3', ...peer],
    ],
    [
      'X-Forwarded-For, if Connection names it',
      ['Connection', 'x-forwarded-for', 'X-Forwarded-For', '1.1.1.1'],
      peer,
    ],
    [
      'but never the length of the body',
      ['Connection', 'Content-Length', 'Content-Length', '3'],
      ['Content-Length', '3', ...peer],
    ],
    ['TE: trailers comes back', ['te', 'gzip, Trailers;q=1'], peer],
    ['TE: trailers comes back', ['te', 'gzip, Trailers'], [...peer, 'Te', 'trailers']],
    ['announced trailers stay', ['Trailer', 'X-Sum'], ['Trailer', 'X-Sum', ...peer]],
    ['the peer is appended', ['X-Forwarded-For', '1.1.1.1'], ['X-Forwarded-For', '1.1.1.1, 10.0.0.1']],
    [
      'several lines are folded',
      ['X-Forwarded-For', '1.1.1.1, 2.2.2.2', 'A', 'b', 'x-forwarded-for', '3.3.3.3'],
      ['A', 'b', 'X-Forwarded-For', '1.1.1.1, 2.2.2.2, 3.3.3.3, 10.0.0.1'],
    ],
    [
      'X-Forwarded-Proto and -Host stay',
      ['X-Forwarded-Proto', 'p', 'X-Forwarded-Host', 'h'],
      ['X-Forwarded-Proto', 'p', 'X-Forwarded-Host', 'h', ...peer],
    ],
  ])('%s', (_name, headers, expected) => {
    expect(rewritten(headers)).toEqual(expected)
  })

  test('removes and sets what it is told', () => {
    const changes = { remove: ['knative-serving-revision'], set: ['K-Proxy-Request', 'activator'] }
    expect(
      rewritten(['Knative-Serving-Revision', 'r', 'k-proxy-request', 'forged', 'A', 'b'], changes),
    ).toEqual([...['A', 'b', ...peer], ...['K-Proxy-Request', 'activator']])
  })

  test('puts the wish to upgrade back', () => {
    expect(rewritten(['Connection', 'Upgrade', 'Upgrade', 'websocket'], {}, 'websocket')).toEqual([
      ...peer,
      ...['Connection', 'Upgrade', 'Upgrade', 'websocket'],
    ])
  })

  test('keeps every other header exactly, whatever they are', () => {
    const name = fc.stringMatching(/^x-[a-z0-9]{1,20}$/)
    const value = fc.stringMatching(/^[!-~]{0,20}$/)
    const headers = fc.array(fc.tuple(name, value), { maxLength: 20 }).map((pairs) => pairs.flat())
    const special = fc.subarray(['Connection', 'close', 'TE', 'trailers', 'Keep-Alive', '5'], {
      minLength: 0,
    })
    fc.assert(
      fc.property(headers, special, (kept, hop) => {
        const even = hop.length % 2 === 0 ? hop : [...hop, 'x']
        const out = rewritten([...even, ...kept])
        const own = kept.filter((_, i) => kept[i - (i % 2)] !== 'x-forwarded-for')
        const survivors = out.slice(0, out.indexOf('X-Forwarded-For'))
        expect(survivors.join('\n').endsWith(own.join('\n'))).toBe(true)
        expect(hasHeader(out, 'keep-alive')).toBe(false)
      }),
    )
  })
})

describe('withoutHopByHop', () => {
  test.each<[RawHeaders, RawHeaders]>([
    [[], []],
    [
      [
        'A',
        '1',
        'Connection',
        'close, x-hop',
        'X-Hop',
        '1',
        'Transfer-Encoding',
        'chunked',
        'Set-Cookie',
        'a',
        'Set-Cookie',
        'b',
      ],
      ['A', '1', 'Set-Cookie', 'a', 'Set-Cookie', 'b'],
    ],
    [
      ['Connection', 'content-length, a', 'A', '1', 'Content-Length', '3'],
      ['Content-Length', '3'],
    ],
    [
      ['Keep-Alive', 'timeout=5', 'Trailer', 'X', 'Content-Length', '3'],
      ['Trailer', 'X', 'Content-Length', '3'],
    ],
    [
      [
        ...['connection', 'x', 'Proxy-Connection', 'x', 'Keep-Alive', 'x', 'Proxy-Authenticate', 'x'],
        ...['Proxy-Authorization', 'x', 'TE', 'x', 'Transfer-Encoding', 'x', 'Upgrade', 'x', 'Via', 'x'],
      ],
      ['Via', 'x'],
    ],
  ])('%j', (headers, expected) => {
    expect(withoutHopByHop(headers)).toEqual(expected)
  })
})

describe('raw headers', () => {
  const headers = ['Host', 'a', 'X-Two', '1', 'x-two', '2', 'Empty', '']

  test('are found in any case, the first first', () => {
    expect(headerValue(headers, 'x-two')).toBe('1')
    expect(headerValue(headers, 'nope')).toBeUndefined()
    expect(foldedHeader(headers, 'x-two')).toBe('1, 2')
    expect(hasHeader(headers, 'empty')).toBe(false)
    expect(hasHeader(headers, 'host')).toBe(true)
  })

  test.each([
    [undefined, false],
    ['close', true],
    ['keep-alive, Close', true],
    ['closed', false],
  ])('list %j has close: %s', (list, has) => {
    expect(listHasToken(list, 'close')).toBe(has)
  })

  test.each<[RawHeaders, boolean, boolean]>([
    [[], false, false],
    [['User-Agent', 'kube-probe/1.30'], true, true],
    [['User-Agent', 'my kube-probe/1.30'], false, false],
    [['K-Kubelet-Probe', '1'], true, true],
    [['K-Kubelet-Probe', ''], false, false],
    [['K-Network-Probe', 'queue'], false, true],
  ])('%j: kubelet probe %s, probe %s', (probe, kubelet, any) => {
    expect([isKubeletProbe(probe), isProbe(probe)]).toEqual([kubelet, any])
  })
})
