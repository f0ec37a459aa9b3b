import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { testConfig } from '../../testing/config.ts'
import { testRevision } from '../testing/revision-fixtures.ts'
import { BackgroundResolver } from './background-resolver.ts'
import type { ImageReference } from './image-reference.ts'
import { anonymous } from './pull-credentials.ts'

const { deployment } = testConfig()
const key = 'default/hello-00001'
const name = { namespace: 'default', name: 'hello-00001' }
const sha = (digit: string) => `sha256:${digit.repeat(64)}`

interface Ask {
  reference: ImageReference
  signal: AbortSignal
  answer(digest: string): void
  refuse(error: Error): void
}

function setUp() {
  const clock = new ManualClock()
  const asks: Ask[] = []
  const resolved: string[] = []
  let credentialReads = 0
  const resolver = new BackgroundResolver({
    clock,
    lookup: {
      digestOf: (reference, _, signal) =>
        new Promise((answer, refuse) => {
          signal.addEventListener('abort', () => refuse(signal.reason as Error))
          asks.push({ reference, signal, answer, refuse })
        }),
    },
    credentialsFor: () => {
      credentialReads++
      return Promise.resolve(anonymous)
    },
    onResolved: (revision) => resolved.push(revision),
  })
  return { clock, asks, resolved, resolver, credentialReads: () => credentialReads }
}

const withImages = (...images: string[]) =>
  testRevision((revision) => {
    revision.spec.containers = images.map((image, i) => ({ name: `c${i}`, image }))
  })

describe('resolving', () => {
  test('images that need no registry are known at once', () => {
    const { resolver, asks } = setUp()
    const pinned = `gcr.io/a/b@${sha('1')}`
    expect(resolver.resolve(withImages('dev.local/hello', pinned), deployment)).toEqual({
      containers: [{ name: 'c0' }, { name: 'c1', imageDigest: pinned }],
      initContainers: [],
    })
    expect(asks).toEqual([])
  })

  test('others are asked for in the background, each distinct one once', async () => {
    const { resolver, asks, clock, resolved, credentialReads } = setUp()
    const revision = withImages('user/app:v1', 'user/app:v1', 'gcr.io/x/y', 'dev.local/hello')
    expect(resolver.resolve(revision, deployment)).toBeUndefined()
    await clock.settle()
    expect(asks.map(({ reference }) => reference.repository)).toEqual(['user/app', 'x/y'])
    expect(credentialReads()).toBe(1)

    asks[0]!.answer(sha('1'))
    await clock.settle()
    expect(resolved).toEqual([])
    expect(resolver.resolve(revision, deployment)).toBeUndefined()

    asks[1]!.answer(sha('2'))
    await clock.settle()
    expect(resolved).toEqual([key])
    expect(resolver.resolve(revision, deployment)?.containers).toEqual([
      { name: 'c0', imageDigest: `index.docker.io/user/app@${sha('1')}` },
      { name: 'c1', imageDigest: `index.docker.io/user/app@${sha('1')}` },
      { name: 'c2', imageDigest: `gcr.io/x/y@${sha('2')}` },
      { name: 'c3' },
    ])
    expect(clock.pendingTimers).toBe(0)
  })

  test('a name that is no image fails at once', () => {
    const { resolver } = setUp()
    expect(() => resolver.resolve(withImages('NOT AN IMAGE'), deployment)).toThrow(
      /^Unable to fetch image "NOT AN IMAGE": failed to resolve image to digest: could not parse reference/,
    )
  })

  test('a registry that does not answer in time has failed', async () => {
    const { resolver, clock, resolved, asks } = setUp()
    const revision = withImages('user/app')
    resolver.resolve(revision, deployment)
    await clock.advance(10_000)
    expect(asks[0]!.signal.aborted).toBe(true)
    expect(resolved).toEqual([key])
    expect(() => resolver.resolve(revision, deployment)).toThrow(
      'Unable to fetch image "user/app": failed to resolve image to digest: the registry did not answer within 10 s',
    )
  })
})

describe('retries', () => {
  test('a failure is told once, and the next attempts wait 1 s, 2 s, 4 s, …', async () => {
    const { resolver, clock, asks } = setUp()
    const revision = withImages('user/app')
    for (const waitMs of [0, 1000, 2000, 4000]) {
      expect(resolver.resolve(revision, deployment)).toBeUndefined()
      const before = asks.length
      if (waitMs > 0) {
        await clock.advance(waitMs - 1)
        expect(asks).toHaveLength(before)
        expect(resolver.resolve(revision, deployment)).toBeUndefined()
      }
      await clock.advance(1)
      expect(asks).toHaveLength(before + 1)
      asks.at(-1)!.refuse(new Error('no'))
      await clock.settle()
      expect(() => resolver.resolve(revision, deployment)).toThrow(/: no$/)
    }
  })

  test('a revision made anew under the same name starts afresh', async () => {
    const { resolver, clock, asks, resolved } = setUp()
    resolver.resolve(withImages('user/app:v1'), deployment)
    await clock.settle()
    const anew = withImages('user/app:v2')
    anew.metadata.uid = 'another'
    expect(resolver.resolve(anew, deployment)).toBeUndefined()
    await clock.settle()
    expect(asks.map(({ reference, signal }) => [reference.tag, signal.aborted])).toEqual([
      ['v1', true],
      ['v2', false],
    ])
    expect(resolved).toEqual([])
  })

  test('a forgotten revision stops asking, also before its turn', async () => {
    const { resolver, clock, asks, resolved } = setUp()
    const revision = withImages('user/app')
    resolver.resolve(revision, deployment)
    await clock.settle()
    asks[0]!.refuse(new Error('no'))
    await clock.settle()
    expect(() => resolver.resolve(revision, deployment)).toThrow()
    resolver.resolve(revision, deployment)
    resolver.forget(name)
    expect(clock.pendingTimers).toBe(0)
    await clock.advance(60_000)
    expect(asks).toHaveLength(1)
    expect(resolved).toEqual([key])
    resolver.resolve(revision, deployment)
    await clock.settle()
    expect(asks).toHaveLength(2)
  })

  test('no more than 100 at a time, and after a burst of 100 starts ten a second', async () => {
    const { resolver, clock, asks } = setUp()
    for (let i = 0; i < 105; i++) {
      const revision = withImages(`user/app${i}`)
      revision.metadata.name = `r${i}`
      resolver.resolve(revision, { ...deployment, digestResolutionTimeoutMs: 600_000 })
    }
    await clock.settle()
    expect(asks).toHaveLength(100)
    await clock.advance(1000)
    expect(asks).toHaveLength(100)
    asks[0]!.answer(sha('1'))
    await clock.settle()
    expect(asks).toHaveLength(101)
  })
})
