import { describe, expect, test } from '@jest/globals'
import type { KubeObject, ResourceType } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { ApiError, type Patch } from '@knative-ts/kube'
import { ManifestApplier } from './manifests.ts'

const configMap: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' } }
const secret: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cert' } }
const resources = [
  { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
  { name: 'secrets', kind: 'Secret', namespaced: true },
]

/** An API that refuses ConfigMaps with the errors of `refusals`, one after the other. */
function applying(...refusals: Error[]) {
  const clock = new ManualClock()
  const applied: string[] = []
  const patch = async <T extends KubeObject>(type: ResourceType<T>, _: string, name: string, sent: Patch) => {
    const refusal = type.kind === 'ConfigMap' ? refusals.shift() : undefined
    if (refusal) throw refusal
    applied.push(`${type.kind} ${name}`)
    return sent.body as T
  }
  return {
    clock,
    applied,
    applier: new ManifestApplier({ patch, getPath: async () => ({ resources }) }, clock),
  }
}

const webhookDown = () =>
  new ApiError('InternalError', 'Internal error occurred: failed calling webhook "config": no endpoints')

describe('ManifestApplier', () => {
  test('what a webhook must see first waits for the others, and is tried until it is up', async () => {
    const { applier, applied, clock } = applying(webhookDown(), webhookDown())
    const done = applier.apply([configMap, secret])
    await clock.advance(0)
    expect(applied).toEqual(['Secret cert'])
    await clock.advance(400)
    await done
    expect(applied).toEqual(['Secret cert', 'ConfigMap config'])
  })

  test('a webhook that never comes up is told after a minute', async () => {
    const { applier, clock } = applying(...Array.from({ length: 1000 }, webhookDown))
    const outcome = expect(applier.apply([configMap])).rejects.toThrow('failed calling webhook "config"')
    await clock.advance(61_000)
    await outcome
  })

  test('a refusal is not tried again', async () => {
    const { applier } = applying(new ApiError('BadRequest', 'admission webhook "config" denied the request'))
    await expect(applier.apply([configMap])).rejects.toThrow('denied the request')
  })
})
