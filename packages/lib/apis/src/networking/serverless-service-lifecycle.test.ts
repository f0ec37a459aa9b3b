import { describe, expect, test } from '@jest/globals'
import { conditionOf, type StatusBase } from '../conditions/condition.ts'
import {
  markActivatorEndpointsPopulated,
  markActivatorEndpointsRemoved,
  markEndpointsNotOwned,
  markEndpointsNotReady,
  markEndpointsReady,
  serverlessServiceConditions,
} from './serverless-service-lifecycle.ts'

function fresh(): StatusBase {
  const status: StatusBase = {}
  serverlessServiceConditions.initialize(status)
  return status
}

describe('conditions of a ServerlessService', () => {
  test.each([
    [markEndpointsReady, { status: 'True' }],
    [
      (status: StatusBase) => markEndpointsNotReady(status, 'NoHealthyBackends'),
      { status: 'Unknown', reason: 'NoHealthyBackends', message: 'K8s Service is not ready' },
    ],
    [
      (status: StatusBase) => markEndpointsNotOwned(status, 'Endpoints', 'hello'),
      {
        status: 'False',
        reason: 'NotOwned',
        message: 'Resource hello of type Endpoints is not owned by SKS',
      },
    ],
  ])('%p', (mark, expected) => {
    const status = fresh()
    mark(status)
    expect(conditionOf(status, 'EndpointsPopulated')).toEqual({ type: 'EndpointsPopulated', ...expected })
    expect(conditionOf(status, 'Ready')).toEqual({ type: 'Ready', ...expected })
  })

  test.each([
    [markActivatorEndpointsPopulated, 'True'],
    [markActivatorEndpointsRemoved, 'False'],
  ])('who is in the path does not make it ready or not: %p', (mark, expected) => {
    const status = fresh()
    markEndpointsReady(status)
    mark(status)
    expect(conditionOf(status, 'ActivatorEndpointsPopulated')).toEqual({
      type: 'ActivatorEndpointsPopulated',
      status: expected,
      severity: 'Info',
      reason: 'ActivatorEndpointsPopulated',
      message: 'Revision is backed by Activator',
    })
    expect(conditionOf(status, 'Ready')?.status).toBe('True')
  })
})
