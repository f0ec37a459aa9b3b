import { describe, expect, test } from '@jest/globals'
import { deployments, podAutoscalers, revisionConditions } from '@knative-ts/apis'
import { existing } from '@knative-ts/reconciler/testing'
import { makePodAutoscaler } from './resources/pod-autoscaler.ts'
import { testRevision, withStatus } from './testing/revision-fixtures.ts'
import { reconcileRevision } from './testing/revision-table.ts'
import {
  available,
  deploymentOf,
  podAutoscalerOf,
  progressing,
  serving,
  timedOut,
} from './testing/revision-world.ts'

describe('PodAutoscaler', () => {
  const annotationsAfter = async (
    live: Record<string, string>,
    wanted: Record<string, string>,
  ): Promise<Record<string, string> | undefined> => {
    const revision = withStatus(testRevision((copy) => (copy.metadata.annotations = wanted)))
    const deployment = deploymentOf(revision, available)
    const pa = podAutoscalerOf(revision, deployment, serving.conditions, serving.status)
    const result = await reconcileRevision({
      revision,
      world: [
        existing(deployments, deployment),
        existing(podAutoscalers, { ...pa, metadata: { ...pa.metadata, annotations: live } }),
      ],
    })
    return result.client.peek(podAutoscalers, 'default', 'hello-00001')?.metadata.annotations
  }

  test('annotations follow the revision; defaulted and foreign ones stay', async () => {
    expect(
      await annotationsAfter(
        {
          'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev',
          'autoscaling.knative.dev/metric': 'concurrency',
          'autoscaling.knative.dev/max-scale': '9',
          'example.com/other': 'stays',
        },
        { 'autoscaling.knative.dev/min-scale': '2' },
      ),
    ).toEqual({
      'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev',
      'autoscaling.knative.dev/metric': 'concurrency',
      'autoscaling.knative.dev/min-scale': '2',
      'example.com/other': 'stays',
    })
  })

  test.each([
    ['active', false, 'Reachable'],
    ['reserve', false, 'Unreachable'],
    ['pending', false, undefined],
    [undefined, false, undefined],
    ['active', true, 'Unreachable'],
  ])('routing state %s, failing %s → %s', async (state, isFailing, expected) => {
    const revision = withStatus(
      testRevision((copy) => {
        if (state === undefined) delete copy.metadata.labels!['serving.knative.dev/routingState']
        else copy.metadata.labels!['serving.knative.dev/routingState'] = state
      }),
    )
    const deployment = deploymentOf(
      revision,
      isFailing ? { conditions: [timedOut] } : { conditions: [progressing('True')] },
    )
    const result = await reconcileRevision({ revision, world: [existing(deployments, deployment)] })
    expect(result.client.peek(podAutoscalers, 'default', 'hello-00001')?.spec.reachability).toBe(expected)
  })

  test('a failing revision with a ready pod stays reachable', () => {
    const revision = withStatus(testRevision())
    revisionConditions.markFalse(revision.status!, 'ContainerHealthy', 'ExitCode1', 'x')
    const deployment = deploymentOf(revision, { readyReplicas: 1 })
    expect(makePodAutoscaler(revision, deployment).spec.reachability).toBe('Reachable')
  })
})
