import { beforeEach, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { silentLogger } from '@knative-ts/observability'
import { Supervisor } from './supervisor.ts'

let clock: ManualClock
let log: string[]
let supervisor: Supervisor
let code: number | undefined

beforeEach(() => {
  clock = new ManualClock()
  log = []
  code = undefined
  supervisor = new Supervisor({
    count: 2,
    clock,
    logger: silentLogger,
    fork: (index) => {
      log.push(`fork ${index}`)
      return {
        send: (message) =>
          log.push(`${index} ${message.kind}${message.kind === 'all-ready' ? ` ${message.ready}` : ''}`),
      }
    },
  })
  supervisor.ended.then((ended) => {
    code = ended
  })
})

/** What happened since the last time. */
const news = () => log.splice(0)

function up(index: number): void {
  supervisor.told(index, { kind: 'listening' })
  supervisor.told(index, { kind: 'connected', connected: true })
}

function bothUp(): void {
  supervisor.start()
  up(0)
  up(1)
  news()
}

test('all are ready only when each is', () => {
  supervisor.start()
  expect(news()).toEqual(['fork 0', 'fork 1'])
  up(0)
  expect(news()).toEqual(['0 all-ready false'])
  up(1)
  expect(news()).toEqual(['1 all-ready false', '0 all-ready true', '1 all-ready true'])
  supervisor.told(1, { kind: 'connected', connected: false })
  expect(news()).toEqual(['0 all-ready false', '1 all-ready false'])
})

test('a worker that dies is replaced, and nobody is ready meanwhile', async () => {
  bothUp()
  supervisor.exited(1, null, 'SIGKILL')
  expect(news()).toEqual(['0 all-ready false'])
  await clock.advance(1000)
  expect(news()).toEqual(['fork 1'])
  up(1)
  expect(news()).toEqual(['1 all-ready false', '0 all-ready true', '1 all-ready true'])
  expect(code).toBeUndefined()
})

test('a replacement that dies before it serves is replaced too', async () => {
  bothUp()
  supervisor.exited(1, 1, null)
  await clock.advance(1000)
  supervisor.exited(1, 1, null)
  await clock.advance(1000)
  expect(news()).toEqual(['0 all-ready false', 'fork 1', 'fork 1'])
  expect(code).toBeUndefined()
})

test('what keeps a worker from starting the first time ends it all', async () => {
  supervisor.start()
  up(0)
  supervisor.exited(1, 1, null)
  await clock.advance(0)
  expect(code).toBe(1)
})

test('leaves when every worker has left', async () => {
  bothUp()
  supervisor.drain()
  expect(news()).toEqual(['0 drain', '1 drain'])
  supervisor.exited(0, 0, null)
  await clock.advance(5000)
  expect(code).toBeUndefined()
  supervisor.exited(1, 0, null)
  await clock.advance(0)
  expect(code).toBe(0)
})

test('a worker that fails while it drains is told of', async () => {
  bothUp()
  supervisor.drain()
  supervisor.exited(0, null, 'SIGKILL')
  supervisor.exited(1, 0, null)
  await clock.advance(0)
  expect(code).toBe(1)
})

test('a drain while a worker is away waits for the others alone', async () => {
  bothUp()
  supervisor.exited(1, null, 'SIGKILL')
  supervisor.drain()
  await clock.advance(5000)
  expect(news()).toEqual(['0 all-ready false', '0 drain'])
  supervisor.exited(0, 0, null)
  await clock.advance(0)
  expect(code).toBe(0)
})
