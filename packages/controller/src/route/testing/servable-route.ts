import { configurations, type Ingress, ingresses, type Route, revisions } from '@knative-ts/apis'
import { withChange } from '@knative-ts/apis/testing'
import { existing } from '@knative-ts/reconciler/testing'
import { condition } from '../../testing/conditions.ts'
import {
  readyConfiguration,
  testConfiguration,
  testRevision,
  testRoute,
} from '../../testing/serving-objects.ts'
import { type RouteWorld, runRoute } from './run-route.ts'

/** A Configuration whose first revision is ready. */
export const foo = testConfiguration('foo', readyConfiguration('foo-00001'))
const world = [existing(configurations, foo), existing(revisions, testRevision('foo-00001', foo, 'True'))]

/** A Route that follows it. */
export const route = (change?: (route: Route) => void): Route =>
  testRoute('foo', [{ configurationName: 'foo', percent: 100 }], change)

export const nowMs = Date.UTC(2026, 4, 1)

/** Runs a Route in a world that has its Configuration and its revision. */
export function runWithRevision(object: Route, more: RouteWorld = {}) {
  return runRoute(object, { nowMs, ...more, world: [...world, ...(more.world ?? [])] })
}

/** The Ingress as a first pass over the Route makes it, then changed. */
export async function ingressOf(object: Route, change: (ingress: Ingress) => void, more: RouteWorld = {}) {
  const { client } = await runWithRevision(object, more)
  return withChange(client.peek(ingresses, 'default', object.metadata.name!)!, change)
}

/** What a gateway says of an Ingress that it serves. */
export const ready = (ingress: Ingress): void => {
  ingress.status = {
    observedGeneration: ingress.metadata.generation,
    conditions: [condition('Ready', 'True')],
    publicLoadBalancer: { ingress: [{ domainInternal: 'public.example' }] },
    privateLoadBalancer: { ingress: [{ domainInternal: 'private.example' }] },
  }
}
