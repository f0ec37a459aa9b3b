import { describe, expect, test } from '@jest/globals'
import type { V1Pod } from '@knative-ts/apis'
import { type ContainerRecord, podStatus } from './pod-status.ts'

const now = '2026-01-01T00:00:10Z'
const startTime = '2026-01-01T00:00:00Z'
const pod: V1Pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c' }] } }

const running = (change: Partial<ContainerRecord> = {}): ContainerRecord => ({
  name: 'c',
  image: 'dev.local/hello',
  state: { kind: 'running', startedAt: startTime },
  last: undefined,
  restarts: 0,
  ready: true,
  started: true,
  ...change,
})
const ended = (exitCode: number) => ({
  exitCode,
  signal: undefined,
  reason: exitCode === 0 ? 'Completed' : 'Error',
  message: '',
  startedAt: startTime,
  finishedAt: now,
})
const status = (containers: ContainerRecord[], more: Partial<Parameters<typeof podStatus>[0]> = {}) =>
  podStatus({
    pod,
    podIP: '127.1.0.1',
    hostIP: '127.0.0.1',
    startTime,
    init: [],
    containers,
    finished: false,
    now,
    ...more,
  })
const condition = (result: ReturnType<typeof podStatus>, type: string) => {
  const found = result.conditions?.find((entry) => entry.type === type)
  return [found?.status, found?.reason, found?.message].filter(Boolean).join(' ')
}

describe('podStatus', () => {
  test('a running pod', () => {
    expect(status([running()])).toMatchObject({
      phase: 'Running',
      podIP: '127.1.0.1',
      podIPs: [{ ip: '127.1.0.1' }],
      hostIP: '127.0.0.1',
      startTime,
      qosClass: 'BestEffort',
      containerStatuses: [
        {
          name: 'c',
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: startTime } },
        },
      ],
    })
    expect(condition(status([running()]), 'Ready')).toBe('True')
  })

  test('not ready names the containers', () => {
    const result = status([running({ ready: false }), running({ name: 'd' })])
    expect(condition(result, 'Ready')).toBe('False ContainersNotReady containers with unready status: [c]')
    expect(condition(result, 'ContainersReady')).toBe(condition(result, 'Ready'))
  })

  test('waiting before the first start is Pending, after a crash Running', () => {
    const waiting = { kind: 'waiting', reason: 'CrashLoopBackOff', message: 'back-off' } as const
    expect(status([running({ state: waiting, ready: false })]).phase).toBe('Pending')
    const crashed = status([running({ state: waiting, last: ended(3), restarts: 2, ready: false })])
    expect(crashed.phase).toBe('Running')
    expect(crashed.containerStatuses?.[0]).toMatchObject({
      restartCount: 2,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    })
  })

  test('an init container that has not ended holds the pod in Pending', () => {
    const result = status([running({ state: { kind: 'waiting', reason: 'PodInitializing', message: '' } })], {
      init: [running({ name: 'i' })],
    })
    expect(result.phase).toBe('Pending')
    expect(condition(result, 'Initialized')).toBe(
      'False ContainersNotInitialized containers with incomplete status: [i]',
    )
  })

  test.each([
    [0, 'Succeeded', 'False PodCompleted'],
    [1, 'Failed', 'False PodFailed'],
  ])('ended with %i is %s', (code, phase, ready) => {
    const result = status([running({ state: { kind: 'terminated', ...ended(code) }, ready: false })], {
      finished: true,
    })
    expect(result.phase).toBe(phase)
    expect(condition(result, 'Ready')).toBe(ready)
  })

  test('a condition that stays keeps its time', () => {
    const before = { ...pod, status: status([running()], { now: startTime }) }
    const after = status([running({ ready: false })], { pod: before })
    const times = Object.fromEntries((after.conditions ?? []).map((c) => [c.type, c.lastTransitionTime]))
    expect(times).toMatchObject({ Initialized: startTime, PodScheduled: startTime, Ready: now })
  })
})
