import { describe, expect, test } from '@jest/globals'
import type { V1Deployment, V1ReplicaSet } from '@knative-ts/apis'
import { deploymentStatus, type ReplicaCounts } from './deployment-status.ts'

const startMs = Date.UTC(2026, 0, 1)
const at = (seconds: number) => `${new Date(startMs + seconds * 1000).toISOString().slice(0, 19)}Z`
const newSet = { metadata: { name: 'web-1' } } as V1ReplicaSet

const deployment = (status?: V1Deployment['status'], generation = 1): V1Deployment => ({
  metadata: { name: 'web', generation },
  spec: { replicas: 2, progressDeadlineSeconds: 60, selector: {}, template: {} },
  ...(status ? { status } : {}),
})

const decide = (object: V1Deployment, counts: ReplicaCounts, seconds: number) =>
  deploymentStatus({
    deployment: object,
    newSet,
    counts,
    failure: undefined,
    nowMs: startMs + seconds * 1000,
  })

const said = (status: V1Deployment['status'], type: string) => {
  const condition = status?.conditions?.find((entry) => entry.type === type)
  return `${condition?.status} ${condition?.reason} ${condition?.lastUpdateTime}`
}

const none = { replicas: 2, updated: 2, ready: 0, available: 0 }
const half = { replicas: 2, updated: 2, ready: 1, available: 1 }
const all = { replicas: 2, updated: 2, ready: 2, available: 2 }

describe('Progressing', () => {
  test('a new roll-out progresses, and asks to be looked at when its deadline has passed', () => {
    const first = decide(deployment(), none, 0)
    expect(said(first.status, 'Progressing')).toBe(`True ReplicaSetUpdated ${at(0)}`)
    expect(first.deadlineMs).toBeGreaterThanOrEqual(60_000)
  })

  test('progress moves the deadline', () => {
    const first = decide(deployment(), none, 0).status
    const second = decide(deployment(first), half, 50)
    expect(said(second.status, 'Progressing')).toBe(`True ReplicaSetUpdated ${at(50)}`)
  })

  test('without progress the deadline runs out, and complete beats it later', () => {
    const first = decide(deployment(), none, 0).status
    const waiting = decide(deployment(first), none, 59)
    expect(said(waiting.status, 'Progressing')).toBe(`True ReplicaSetUpdated ${at(0)}`)
    const late = decide(deployment(waiting.status), none, 60).status
    expect(said(late, 'Progressing')).toBe(`False ProgressDeadlineExceeded ${at(60)}`)
    const still = decide(deployment(late), none, 120).status
    expect(said(still, 'Progressing')).toBe(`False ProgressDeadlineExceeded ${at(60)}`)
    const complete = decide(deployment(still), all, 130).status
    expect(said(complete, 'Progressing')).toBe(`True NewReplicaSetAvailable ${at(130)}`)
  })

  test('pods lost after the roll-out was done are not a new one', () => {
    const complete = decide(deployment(), all, 0).status
    const lost = decide(deployment(complete), none, 500)
    expect(said(lost.status, 'Progressing')).toBe(`True NewReplicaSetAvailable ${at(0)}`)
    expect(lost.deadlineMs).toBeUndefined()
  })
})

test('Available follows the pods, and a failure to make pods is told', () => {
  const { status } = deploymentStatus({
    deployment: deployment(),
    newSet,
    counts: none,
    failure: { reason: 'FailedCreate', message: 'quota' },
    nowMs: startMs,
  })
  expect(said(status, 'Available')).toMatch(/^False MinimumReplicasUnavailable/)
  expect(said(status, 'ReplicaFailure')).toMatch(/^True FailedCreate/)
  expect(said(decide(deployment(), all, 0).status, 'Available')).toMatch(/^True MinimumReplicasAvailable/)
})
