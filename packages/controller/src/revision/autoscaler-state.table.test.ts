import { describe, expect, test } from '@jest/globals'
import { reconcileRevision } from './testing/revision-table.ts'
import {
  available,
  type DeploymentStatus,
  progressing,
  running,
  serving,
  timedOut,
} from './testing/revision-world.ts'

describe('state of the PodAutoscaler', () => {
  const initialized = { ScaleTargetInitialized: 'True' }
  const named = { serviceName: 'hello-00001' }
  const queued = 'Unknown Queued Requests to the target are being buffered'
  const noTraffic = 'False NoTraffic The target is not receiving traffic.'
  const failing: DeploymentStatus = { conditions: [timedOut] }
  const fine: DeploymentStatus = { conditions: [progressing('True')], availableReplicas: 1 }

  test.each([
    {
      name: 'no Ready condition',
      deployment: fine,
      conditions: {},
      status: named,
      expected: ['Unknown Deploying', 'Unknown', 'Unknown Deploying', 'Unknown Deploying'],
    },
    {
      name: 'no Ready condition, and the Deployment fails',
      deployment: failing,
      conditions: {},
      status: named,
      expected: [
        'False ProgressDeadlineExceeded it took too long',
        'Unknown',
        'Unknown Deploying',
        'False ProgressDeadlineExceeded it took too long',
      ],
    },
    {
      name: 'initialized and ready',
      deployment: fine,
      conditions: { ...initialized, Ready: 'True' },
      status: named,
      expected: ['True', 'True', 'True', 'True'],
    },
    {
      name: 'initialized does not hide a failing Deployment',
      deployment: failing,
      conditions: { ...initialized, Ready: 'True' },
      status: named,
      expected: [
        'False ProgressDeadlineExceeded it took too long',
        'Unknown',
        'True',
        'False ProgressDeadlineExceeded it took too long',
      ],
    },
    {
      name: 'available, but no service yet',
      deployment: fine,
      conditions: { ...initialized, Ready: 'True' },
      status: {},
      expected: ['Unknown Deploying', 'True', 'True', 'Unknown Deploying'],
    },
    {
      name: 'available, but not initialized',
      deployment: fine,
      conditions: { Ready: queued },
      status: named,
      expected: ['Unknown Deploying', 'Unknown', queued, 'Unknown Deploying'],
    },
    {
      name: 'queued after initialization keeps it ready',
      deployment: fine,
      conditions: { ...initialized, Ready: queued },
      status: named,
      expected: ['True', 'True', queued, 'True'],
    },
    {
      name: 'scaled to zero after initialization keeps it ready',
      deployment: fine,
      conditions: { ...initialized, Ready: noTraffic },
      status: named,
      expected: ['True', 'True', noTraffic, 'True'],
    },
    {
      name: 'scaled to zero before it was ever initialized',
      deployment: fine,
      conditions: { Ready: noTraffic },
      status: named,
      expected: [
        'False ProgressDeadlineExceeded Initial scale was never achieved',
        'Unknown',
        noTraffic,
        'False ProgressDeadlineExceeded Initial scale was never achieved',
      ],
    },
    {
      name: 'scaled to zero before initialization, but the service is not named yet',
      deployment: fine,
      conditions: { Ready: noTraffic },
      status: {},
      expected: ['Unknown Deploying', 'Unknown', noTraffic, 'Unknown Deploying'],
    },
    {
      name: 'scaled to zero before initialization keeps an earlier failure',
      deployment: failing,
      conditions: { Ready: noTraffic },
      status: named,
      expected: [
        'False ProgressDeadlineExceeded it took too long',
        'Unknown',
        noTraffic,
        'False ProgressDeadlineExceeded it took too long',
      ],
    },
  ])('$name', async ({ deployment, conditions, status, expected }) => {
    const result = await reconcileRevision(running(deployment, { conditions, status }))
    const { ResourcesAvailable, ContainerHealthy, Active, Ready } = result.conditions
    expect([ResourcesAvailable, ContainerHealthy, Active, Ready]).toEqual(expected)
  })

  test.each([
    [{ actualScale: 2, desiredScale: 3 }, 2, 3],
    [{ actualScale: 0, desiredScale: 0 }, 0, 0],
    [{ actualScale: -1, desiredScale: -1 }, undefined, undefined],
    [{}, undefined, undefined],
  ])('replicas of %j', async (status, actual, desired) => {
    const result = await reconcileRevision(
      running(available, { ...serving, status: { ...named, ...status } }),
    )
    expect(result.revision.status?.actualReplicas).toBe(actual)
    expect(result.revision.status?.desiredReplicas).toBe(desired)
  })

  test('becoming ready is told once', async () => {
    const first = await reconcileRevision(running(available, serving))
    expect(first.events).toEqual([
      'Normal RevisionReady Revision becomes ready upon all resources being ready',
    ])
    const second = await reconcileRevision({ ...running(available, serving), revision: first.revision })
    expect(second.events).toEqual([])
  })
})
