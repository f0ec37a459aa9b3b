import { describe, expect, test } from '@jest/globals'
import { conditionOf } from '../conditions/condition.ts'
import {
  isRevisionFailing,
  markContainerHealthyFalse,
  markContainerHealthyTrue,
  markResourcesAvailableTrue,
  markResourcesAvailableUnknown,
  propagateAutoscalerStatus,
  propagateDeploymentStatus,
  revisionConditions,
} from './revision-lifecycle.ts'
import type { RevisionStatus } from './types.ts'

function fresh(): RevisionStatus {
  const status: RevisionStatus = {}
  revisionConditions.initialize(status)
  return status
}

const texts = (status: RevisionStatus) =>
  (status.conditions ?? []).map(({ type, status: value, reason = '', severity = '' }) =>
    [type, value, reason, severity].filter(Boolean).join(' '),
  )

describe('conditions of a Revision', () => {
  test('Ready needs resources and containers, and nothing else', () => {
    const status = fresh()
    markResourcesAvailableTrue(status)
    expect(conditionOf(status, 'Ready')?.status).toBe('Unknown')
    markContainerHealthyTrue(status)
    expect(texts(status)).toEqual(['ContainerHealthy True', 'Ready True', 'ResourcesAvailable True'])
  })

  test('a failing container outweighs resources that are still to come', () => {
    const status = fresh()
    markContainerHealthyFalse(status, 'ExitCode1', 'Container failed with: x')
    markResourcesAvailableUnknown(status, 'Deploying')
    expect(isRevisionFailing(status)).toBe(true)
    expect(conditionOf(status, 'Ready')).toEqual({
      type: 'Ready',
      status: 'False',
      reason: 'ExitCode1',
      message: 'Container failed with: x',
    })
  })

  test('a revision at rest is ready though it is not active', () => {
    const status = fresh()
    propagateDeploymentStatus(status, { conditions: [{ type: 'Progressing', status: 'True' }] })
    propagateAutoscalerStatus(status, {
      serviceName: 'hello',
      metricsServiceName: '',
      actualScale: 0,
      desiredScale: -1,
      conditions: [
        { type: 'Ready', status: 'False', reason: 'NoTraffic' },
        { type: 'ScaleTargetInitialized', status: 'True' },
      ],
    })
    expect(texts(status)).toEqual([
      'Active False NoTraffic Info',
      'ContainerHealthy True',
      'Ready True',
      'ResourcesAvailable True',
    ])
    expect(status).toMatchObject({ actualReplicas: 0 })
    expect(status).not.toHaveProperty('desiredReplicas')
  })

  test('without a PodAutoscaler status the revision is still deploying', () => {
    const status = fresh()
    status.desiredReplicas = 3
    propagateAutoscalerStatus(status, undefined)
    expect(texts(status)).toEqual([
      'Active Unknown Deploying Info',
      'ContainerHealthy Unknown',
      'Ready Unknown Deploying',
      'ResourcesAvailable Unknown Deploying',
    ])
    expect(status).not.toHaveProperty('desiredReplicas')
  })
})
