import { ManualClock } from '@knative-ts/clock/testing'
import { InformerFactory } from '@knative-ts/kube'
import { FakeKubeClient, RecordingEvents } from '@knative-ts/kube/testing'
import { silentLogger } from '@knative-ts/observability'
import { alwaysLeader, type Controller } from '@knative-ts/reconciler'
import type { Existing } from '@knative-ts/reconciler/testing'
import type { ControllerConfig, ControllerDependencies, ControllerFactory } from '../dependencies.ts'
import { testConfig } from './config.ts'

export interface RunningController {
  client: FakeKubeClient
  clock: ManualClock
  controller: Controller
  /** Writes since the last call, as `verb resource name`. */
  writes(): string[]
  /** Replaces part of the configuration and tells who listens. */
  configure(change: Partial<ControllerConfig>): void
  /** Lets it work until nothing is left to do now, without moving time. */
  settle(): Promise<void>
  /** Stops everything. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Wires a controller to a fake API and lets it run as in production, on time that stands still. */
export async function runController(
  factory: ControllerFactory,
  world: Existing[],
  env: ControllerDependencies['env'] = {},
): Promise<RunningController> {
  const client = new FakeKubeClient()
  for (const { type, object } of world) client.seed(type, object)
  const clock = new ManualClock()
  const informers = new InformerFactory({ client, clock, logger: silentLogger })
  const listeners = new Set<(changed: keyof ControllerConfig) => void>()
  let config = testConfig()
  const controller = factory({
    client,
    informers,
    clock,
    logger: silentLogger,
    config: {
      snapshot: () => config,
      onChange: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    leadershipFor: () => alwaysLeader,
    eventsFor: () => new RecordingEvents(),
    systemNamespace: 'knative-serving',
    clusterDomain: 'cluster.local',
    reconcileTimeoutMs: 30_000,
    workers: 2,
    env,
  })
  const abort = new AbortController()
  informers.start(abort.signal)
  await informers.synced()
  const run = controller.run(abort.signal)
  let seen = 0
  const settle = async () => {
    do await clock.settle()
    while (!controller.queue.idle)
  }
  await settle()
  return {
    client,
    clock,
    controller,
    writes: () => {
      const fresh = client.writes.slice(seen)
      seen = client.writes.length
      return fresh.map(({ verb, resource, name }) => `${verb} ${resource} ${name}`)
    },
    configure: (change) => {
      config = { ...config, ...change }
      for (const listener of listeners)
        for (const key of Object.keys(change)) listener(key as keyof ControllerConfig)
    },
    settle,
    [Symbol.asyncDispose]: async () => {
      abort.abort()
      await run
    },
  }
}
