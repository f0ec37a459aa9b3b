import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { Upstreams } from '@knative-ts/http-proxy'
import { PodConnections } from './pod-connections.ts'

const upstreams = () => new Upstreams({ clock: new ManualClock(), maxIdle: 0, maxIdlePerDestination: 0 })

test.each([
  ['a pod', false, '10.0.0.5:8012', '10.0.0.5:8012'],
  ['a pod of an h2c revision', false, '10.0.0.5:8013', '10.0.0.5:8013'],
  ['a Service', true, '10.1.0.5:80', '10.1.0.5:80'],
])('in the clear %s is reached at the port that is listed', (_, isService, dest, address) => {
  const connections = new PodConnections(upstreams(), undefined)
  expect(connections.forRequests(dest, isService).address).toBe(address)
  expect(connections.forRequests(dest, isService)).toBe(connections.forProbes(dest))
})

test.each([
  ['a pod', false, '10.0.0.5:8012', '10.0.0.5:8112'],
  ['a pod of an h2c revision', false, '[fd00::5]:8013', '[fd00::5]:8112'],
  ['a Service', true, '10.1.0.5:80', '10.1.0.5:443'],
])('under TLS requests for %s take its TLS port, probes do not', (_, isService, dest, address) => {
  const connections = new PodConnections(upstreams(), () => ({}))
  expect(connections.forRequests(dest, isService).address).toBe(address)
  expect(connections.forProbes(dest).address).toBe(dest)
})
