import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { RecordingLogger } from '@knative-ts/observability/testing'
import { type Stat, WireStatMessages } from '@knative-ts/stats'
import { WebSocket } from 'ws'
import { until } from '../testing/until.ts'
import { StatListener } from './stat-listener.ts'

const batch = Buffer.from(
  '0a370a0764656661756c74120b68656c6c6f2d30303030311a1f0a0b616374697661746f722d3111000000000000f03f21000000000000f03f',
  'hex',
)

let logger: RecordingLogger
let listener: StatListener
let port: number
let seen: string[]

beforeEach(async () => {
  logger = new RecordingLogger()
  seen = []
  listener = new StatListener({
    clock: new ManualClock(),
    logger,
    onStat: (namespace: string, revision: string, stat: Stat) =>
      seen.push(`${namespace}/${revision} ${stat.podName} ${stat.averageConcurrentRequests}`),
    isHeldHere: (bucket) => bucket === 'autoscaler-bucket-00-of-02',
  })
  port = await listener.listen('127.0.0.1', 0)
})

afterEach(() => listener.close())

/** The status line that a request with these headers gets. */
function ask(...headers: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET /any HTTP/1.1\r\n${['Host: a', ...headers].join('\r\n')}\r\n\r\n`),
    )
    socket.on('data', (chunk) => {
      answer += chunk
      if (!answer.includes('\r\n')) return
      resolve(answer.slice(9, 12))
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

const upgrade = [
  'Connection: keep-alive, Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

describe('requests', () => {
  test.each<[string, string[], string]>([
    ['a kubelet probe by user agent', ['User-Agent: kube-probe/1.34'], '200'],
    ['a kubelet probe by header', ['K-Kubelet-Probe: queue'], '200'],
    ['an empty probe header', ['K-Kubelet-Probe:'], '400'],
    ['no upgrade', [], '400'],
    ['an upgrade to nothing', ['Connection: Upgrade'], '426'],
    ['an upgrade to something else', ['Connection: Upgrade', 'Upgrade: h2c'], '426'],
    ['an old version', [...upgrade, 'Sec-WebSocket-Version: 8'], '400'],
    ['a handshake', [...upgrade, 'Sec-WebSocket-Version: 13'], '101'],
    ['a handshake from here', [...upgrade, 'Sec-WebSocket-Version: 13', 'Origin: http://A'], '101'],
    [
      'a handshake from a page elsewhere',
      [...upgrade, 'Sec-WebSocket-Version: 13', 'Origin: http://b'],
      '403',
    ],
  ])('%s', async (_, headers, status) => {
    expect(await ask(...headers)).toBe(status)
  })

  test.each([
    ['autoscaler-bucket-00-of-02.knative-serving.svc.cluster.local:8080', '101'],
    ['autoscaler-bucket-01-of-02.knative-serving.svc.cluster.local:8080', '200'],
  ])('a handshake to %s', async (host, status) => {
    const answer = new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(
          `GET / HTTP/1.1\r\nHost: ${host}\r\n${[...upgrade, 'Sec-WebSocket-Version: 13'].join('\r\n')}\r\n\r\n`,
        ),
      )
      socket.once('data', (chunk) => {
        resolve(chunk.toString().slice(9, 12))
        socket.destroy()
      })
      socket.on('error', reject)
    })
    expect(await answer).toBe(status)
  })
})

describe('a stats connection', () => {
  const open = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`)
    await new Promise((resolve) => socket.once('open', resolve))
    return socket
  }

  test('takes batches as upstream sends them', async () => {
    const socket = await open()
    socket.send(batch)
    await until(() => seen.length === 1)
    expect(seen).toEqual(['default/hello-00001 activator-1 1'])
    socket.close()
  })

  test('survives text, garbage and entries without a stat', async () => {
    const socket = await open()
    socket.send('hello')
    socket.send(Buffer.from('ffffffff', 'hex'))
    socket.send(
      WireStatMessages.encode({ messages: [{ namespace: 'default', name: 'x', stat: undefined }] }).finish(),
    )
    socket.send(batch)
    await until(() => seen.length === 1)
    expect(logger.lines.map(({ message }) => message)).toEqual([
      'Dropping non-binary message.',
      'Failed to unmarshal the object',
    ])
    socket.close()
  })

  test('ends with 1012 when the process does', async () => {
    const socket = await open()
    const closed = new Promise((resolve) =>
      socket.once('close', (code, reason) => resolve(`${code} ${reason.toString()}`)),
    )
    await listener.close()
    expect(await closed).toBe('1012 Restarting')
  })
})
