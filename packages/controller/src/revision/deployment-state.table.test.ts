import { describe, expect, test } from '@jest/globals'
import { deployments, pods, type V1Deployment } from '@knative-ts/apis'
import { withChange } from '@knative-ts/apis/testing'
import { existing } from '@knative-ts/reconciler/testing'
import type { ConfigData } from '../testing/config.ts'
import { reconcileRevision } from './testing/revision-table.ts'
import {
  available,
  type DeploymentStatus,
  podOf,
  progressing,
  running,
  serving,
  timedOut,
} from './testing/revision-world.ts'

describe('state of Deployment and pods', () => {
  const waiting = (reason: string) => ({
    containerStatuses: [container({ waiting: { reason, message: `${reason}!` } })],
  })
  function container(
    state: Record<string, unknown>,
    lastState: Record<string, unknown> = {},
    name = 'user-container',
  ) {
    return { name, image: '', imageID: '', ready: false, restartCount: 1, state, lastState }
  }
  const terminated = (exitCode: number, message?: string) => ({
    terminated: { exitCode, ...(message === undefined ? {} : { message }) },
  })
  const unavailable = (condition = progressing('True')): DeploymentStatus => ({
    replicas: 1,
    conditions: [condition],
  })
  const unavailableSince = (lastTransitionTime: string): DeploymentStatus => ({
    replicas: 1,
    conditions: [timedOut, { type: 'Available', status: 'False', lastTransitionTime } as never],
  })
  const crashed = () => ({ containerStatuses: [container({}, terminated(5, 'x'))] })
  const unscheduled = (status: string) => ({
    conditions: [{ type: 'PodScheduled', status, reason: 'Unschedulable', message: 'Insufficient cpu' }],
  })
  /** The PodAutoscaler has nothing to say against what the Deployment says. */
  const quiet = { conditions: { Ready: 'Unknown Queued waiting' }, status: { serviceName: 'hello-00001' } }
  const notYet = 'Unknown Deploying'

  const rows: {
    name: string
    deployment: DeploymentStatus
    pod?: Parameters<typeof podOf>[1]
    config?: ConfigData
    ResourcesAvailable: string
    ContainerHealthy: string
  }[] = [
    {
      name: 'no Progressing condition yet',
      deployment: {},
      ResourcesAvailable: 'Unknown Deploying',
      ContainerHealthy: 'Unknown',
    },
    {
      name: 'Progressing Unknown is copied',
      deployment: { conditions: [progressing('Unknown', 'DeploymentPaused', 'paused')] },
      ResourcesAvailable: 'Unknown DeploymentPaused paused',
      ContainerHealthy: 'Unknown',
    },
    {
      name: 'Progressing False is copied',
      deployment: { conditions: [timedOut] },
      ResourcesAvailable: 'False ProgressDeadlineExceeded it took too long',
      ContainerHealthy: 'Unknown',
    },
    {
      name: 'a replica failure beats progress',
      deployment: {
        conditions: [
          { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' },
          progressing('True'),
        ],
      },
      ResourcesAvailable: 'False FailedCreate exceeded quota',
      ContainerHealthy: 'Unknown',
    },
    {
      name: 'a replica failure beats a missed deadline',
      deployment: {
        conditions: [
          { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' },
          timedOut,
        ],
      },
      ResourcesAvailable: 'False FailedCreate exceeded quota',
      ContainerHealthy: 'Unknown',
    },
    {
      name: 'an unknown replica failure',
      deployment: {
        conditions: [
          { type: 'ReplicaFailure', status: 'Unknown', reason: 'R', message: 'm' },
          progressing('True'),
        ],
      },
      ResourcesAvailable: 'Unknown R m',
      ContainerHealthy: 'Unknown',
    },
    {
      name: 'a pod that fits on no node',
      deployment: unavailable(),
      pod: unscheduled('False'),
      ResourcesAvailable: 'False Unschedulable Insufficient cpu',
      ContainerHealthy: 'Unknown',
    },
    {
      name: 'a pod that fits on no node yet, where nodes come by themselves',
      deployment: unavailable(),
      pod: unscheduled('False'),
      config: { deployment: { 'pod-is-always-schedulable': 'true' } },
      ResourcesAvailable: notYet,
      ContainerHealthy: 'Unknown',
    },
    {
      name: 'a scheduled pod',
      deployment: unavailable(),
      pod: unscheduled('True'),
      ResourcesAvailable: notYet,
      ContainerHealthy: 'Unknown',
    },
    {
      name: 'a container that exits with a message',
      deployment: unavailable(),
      pod: { containerStatuses: [container({}, terminated(5, 'out of cheese'))] },
      ResourcesAvailable: notYet,
      ContainerHealthy: 'False ExitCode5 Container failed with: out of cheese',
    },
    {
      name: 'a container that exits without a word',
      deployment: unavailable(),
      pod: { containerStatuses: [container({}, terminated(1))] },
      ResourcesAvailable: notYet,
      ContainerHealthy: 'False ExitCode1 Container failed with: ',
    },
    {
      name: 'a container that exits without an error',
      deployment: unavailable(),
      pod: { containerStatuses: [container({}, terminated(0))] },
      ResourcesAvailable: notYet,
      ContainerHealthy: 'False ExitCode0 Container failed with: container exited with no error',
    },
    {
      name: 'a queue-proxy that exits is not the user’s fault',
      deployment: unavailable(),
      pod: { containerStatuses: [container({}, terminated(1, 'x'), 'queue-proxy')] },
      ResourcesAvailable: notYet,
      ContainerHealthy: 'Unknown',
    },
    {
      name: 'the first container that explains anything counts',
      deployment: unavailable(),
      pod: {
        containerStatuses: [
          container({}, terminated(1), 'queue-proxy'),
          container({ running: {} }, {}, 'fine'),
          container({}, terminated(2, 'first'), 'a'),
          container({}, terminated(3, 'second'), 'b'),
        ],
      },
      ResourcesAvailable: notYet,
      ContainerHealthy: 'False ExitCode2 Container failed with: first',
    },
    {
      name: 'an image that cannot be pulled, before the deadline',
      deployment: unavailable(),
      pod: waiting('ErrImagePull'),
      ResourcesAvailable: notYet,
      ContainerHealthy: 'Unknown',
    },
    {
      name: 'an image that cannot be pulled, after the deadline',
      deployment: unavailable(timedOut),
      pod: waiting('ImagePullBackOff'),
      ResourcesAvailable: 'False ImagePullBackOff ImagePullBackOff!',
      ContainerHealthy: 'Unknown',
    },
    {
      name: 'no pod to look at',
      deployment: unavailable(timedOut),
      ResourcesAvailable: 'False ProgressDeadlineExceeded it took too long',
      ContainerHealthy: 'Unknown',
    },
    {
      name: 'an available Deployment needs no look at pods',
      deployment: available,
      pod: unscheduled('False'),
      ResourcesAvailable: notYet,
      ContainerHealthy: 'True',
    },
  ]

  test.each(rows)('$name', async ({ deployment, pod, config, name: _, ...expected }) => {
    const { revision, world } = running(deployment, quiet)
    const result = await reconcileRevision({
      revision,
      world: pod ? [...world, existing(pods, podOf(revision, pod))] : world,
      ...(config ? { config } : {}),
    })
    const { ResourcesAvailable = '', ContainerHealthy = '' } = result.conditions
    expect({ ResourcesAvailable, ContainerHealthy }).toEqual(expected)
  })

  test.each<[string, number | undefined, DeploymentStatus, Parameters<typeof podOf>[1]]>([
    ['starts: soon', 2_000, unavailableSince('2026-01-01T00:00:00Z'), waiting('ContainerCreating')],
    ['started 20 s ago: in 20 s', 20_000, unavailableSince('2025-12-31T23:59:40Z'), waiting('x')],
    ['is never there: each minute', 60_000, unavailableSince('2025-12-31T00:00:00Z'), waiting('x')],
    ['crashed, as is known: no more', undefined, unavailableSince('2025-12-31T23:59:40Z'), crashed()],
    ['nobody has counted yet: not by itself', undefined, unavailable(), waiting('x')],
    ['is available: no more', undefined, available, {}],
  ])('a pod that %s is looked at again', async (_, delayMs, status, pod) => {
    const { revision, world } = running(status, quiet)
    const { outcome } = await reconcileRevision({
      revision,
      world: [...world, existing(pods, podOf(revision, pod))],
    })
    expect(outcome).toEqual(delayMs === undefined ? { kind: 'done' } : { kind: 'again-after', delayMs })
  })

  test('a Deployment at zero is not looked into', async () => {
    const { revision, world } = running(available, serving)
    const scaled = world.map((item) =>
      item.type === deployments
        ? existing(
            deployments,
            withChange(item.object as V1Deployment, (copy) => {
              copy.spec!.replicas = 0
              copy.status = { conditions: [progressing('True')] }
            }),
          )
        : item,
    )
    const result = await reconcileRevision({
      revision,
      world: scaled,
      failing: ({ verb, resource }) => {
        if (verb === 'list' && resource === 'pods') throw new Error('pods were listed')
      },
    })
    expect(result.outcome).toEqual({ kind: 'done' })
    expect(result.conditions['Ready']).toBe('True')
  })
})
