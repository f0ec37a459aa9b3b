import { describe, expect, test } from '@jest/globals'
import { type Ingress, ingresses, setIngressDefaults } from '@knative-ts/apis'
import { ResourceReconciler } from '@knative-ts/reconciler'
import { existing, runTableRow, type TableResult } from '@knative-ts/reconciler/testing'
import { DomainConflictError, ProbeError, TranslationError } from '../errors.ts'
import { kourierIngress, rule, split } from '../testing/objects.ts'
import { ingressConditions } from './ingress-conditions.ts'
import { IngressKind, ingressFinalizer } from './ingress-kind.ts'
import { gatewayLoadBalancers } from './load-balancers.ts'

const balancers = gatewayLoadBalancers('kourier-system', 'cluster.local')
const published = { publicLoadBalancer: balancers.public, privateLoadBalancer: balancers.private }

interface World {
  serve?: () => void
  isReady?: () => boolean
}

async function run(ingress: Ingress, { serve = () => {}, isReady = () => true }: World) {
  const deleted: string[] = []
  const result = await runTableRow(
    { key: 'default/i', world: [existing(ingresses, ingress)] },
    ({ client, informers, clock, events }) =>
      new ResourceReconciler<Ingress>({
        client,
        clock,
        events,
        type: ingresses,
        lister: informers.informer(ingresses).lister,
        conditions: ingressConditions,
        setDefaults: setIngressDefaults,
        finalizer: ingressFinalizer,
        kind: new IngressKind({
          gateway: { serve },
          prober: { isReady },
          loadBalancers: balancers,
          onDeleted: (key) => deleted.push(key),
        }),
      }),
  )
  return { ...result, deleted }
}

function ingress(status?: Ingress['status'], generation = 1): Ingress {
  const object = kourierIngress('i', [rule('h.test', [{ splits: [split('a')] }])])
  object.metadata.finalizers = [ingressFinalizer]
  object.metadata.generation = generation
  if (status) object.status = status
  return object
}

const ready: Ingress['status'] = {
  observedGeneration: 1,
  conditions: [
    { type: 'LoadBalancerReady', status: 'True' },
    { type: 'NetworkConfigured', status: 'True' },
    { type: 'Ready', status: 'True' },
  ],
  ...published,
}

/** `Type=Status reason: message` of each condition that was written. */
function written({ client }: TableResult): string[] {
  const { status } = client.peek(ingresses, 'default', 'i')!
  return (status?.conditions ?? []).map(
    ({ type, status, reason, message }) => `${type}=${status}${reason ? ` ${reason}: ${message}` : ''}`,
  )
}

function throwing(error: Error): () => never {
  return () => {
    throw error
  }
}

describe('the leader', () => {
  test('adds its finalizer and reports a served Ingress ready', async () => {
    const fresh = ingress()
    fresh.metadata.finalizers = []
    const result = await run(fresh, {})
    expect(result.outcome).toEqual({ kind: 'done' })
    expect(result.events).toEqual(['Normal FinalizerUpdate Updated "i" finalizers'])
    expect(written(result)).toEqual(['LoadBalancerReady=True', 'NetworkConfigured=True', 'Ready=True'])
    expect(result.client.peek(ingresses, 'default', 'i')?.status).toMatchObject({
      observedGeneration: 1,
      ...published,
    })
  })

  test('waits while gateways do not serve it', async () => {
    const result = await run(ingress(), { isReady: () => false })
    const waiting = 'Uninitialized: Waiting for load balancer to be ready'
    expect(written(result)).toEqual([
      `LoadBalancerReady=Unknown ${waiting}`,
      'NetworkConfigured=True',
      `Ready=Unknown ${waiting}`,
    ])
  })

  test('asks no more once this generation is ready', async () => {
    const result = await run(ingress(ready), { isReady: throwing(new Error('asked')) })
    expect(result.outcome).toEqual({ kind: 'done' })
    expect(result.writes).toEqual([])
  })

  test('asks again for a new generation', async () => {
    const result = await run(ingress(ready, 2), { isReady: () => false })
    expect(written(result).at(-1)).toMatch('Ready=Unknown Uninitialized')
  })

  test('asks again when the gateways are called otherwise now', async () => {
    const result = await run(ingress({ ...ready, publicLoadBalancer: { ingress: [{ ip: '1.2.3.4' }] } }), {})
    expect(result.client.peek(ingresses, 'default', 'i')?.status).toMatchObject(published)
  })

  test('a host that another holds is a conflict and no error', async () => {
    const result = await run(ingress(), { serve: throwing(new DomainConflictError('h', 'Ingress x')) })
    expect(result.outcome).toEqual({ kind: 'done' })
    const conflict = 'DomainConflict: Ingress rejected: ingress has a conflicting domain with another ingress'
    expect(written(result)).toEqual([
      `LoadBalancerReady=False ${conflict}`,
      'NetworkConfigured=Unknown',
      `Ready=False ${conflict}`,
    ])
    expect(result.events).toEqual([])
  })

  test('a failed translation is told and tried again', async () => {
    const result = await run(ingress(), { serve: throwing(new TranslationError('no secret')) })
    expect(result.outcome.kind).toBe('retry')
    expect(result.events).toEqual([
      'Warning InternalError failed to update ingress: failed to translate ingress: no secret',
    ])
    expect(written(result)).toContain(
      'Ready=Unknown ReconcileIngressFailed: failed to translate ingress: no secret',
    )
  })

  test('a failed probe leaves the condition as it was', async () => {
    const result = await run(ingress(), { isReady: throwing(new ProbeError('no gateway pods available')) })
    expect(result.outcome.kind).toBe('retry')
    expect(result.events).toEqual([
      'Warning InternalError failed to probe Ingress: no gateway pods available',
    ])
    expect(written(result)).toContain('LoadBalancerReady=Unknown')
  })

  test('removes the finalizer of an Ingress that is being deleted, and does nothing else', async () => {
    const going = ingress(ready)
    going.metadata.deletionTimestamp = '2026-01-01T00:00:00Z'
    const result = await run(going, { serve: throwing(new Error('served')) })
    expect(result.writes).toMatchObject([
      { verb: 'patch', patch: { body: { metadata: { finalizers: [] } } } },
    ])
  })

  test('hears of an Ingress that is gone', async () => {
    const other = ingress()
    other.metadata.name = 'other'
    expect((await run(other, {})).deleted).toEqual(['default/i'])
  })
})
