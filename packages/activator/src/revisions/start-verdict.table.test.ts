import { expect, test } from '@jest/globals'
import type { Condition, RevisionStatus } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { StartVerdict, secondChanceMs } from './start-verdict.ts'

const condition = (type: string, status: Condition['status'], reason?: string, at = '1'): Condition => ({
  type,
  status,
  lastTransitionTime: at,
  ...(reason ? { reason } : {}),
})
const status = (...conditions: Condition[]): RevisionStatus => ({ conditions })

const crashed = status(condition('ContainerHealthy', 'False', 'ExitCode1'))
const crashedAgain = status(condition('ContainerHealthy', 'False', 'ExitCode1', '2'))
const crashedAtZero = status(
  condition('ContainerHealthy', 'False', 'ExitCode1'),
  condition('Active', 'False', 'NoTraffic'),
)
const noImage = status(condition('ResourcesAvailable', 'False', 'ErrImagePull'))
const noNode = status(condition('ResourcesAvailable', 'False', 'Unschedulable'))
const deploying = status(condition('ContainerHealthy', 'Unknown', 'Deploying'))
const healthy = status(condition('ContainerHealthy', 'True'))

type Step = RevisionStatus | 'pods' | 'no pods' | 'almost 30 s' | '30 s'

async function verdictAfter(steps: readonly Step[]) {
  const clock = new ManualClock()
  let refused = 0
  const verdict = new StartVerdict({ clock, onRefuse: () => refused++ })
  for (const step of steps) {
    refused = 0
    if (step === 'pods' || step === 'no pods') verdict.podsChanged(step === 'pods')
    else if (step === '30 s') await clock.advance(secondChanceMs)
    else if (step === 'almost 30 s') await clock.advance(secondChanceMs - 1)
    else verdict.observe(step)
  }
  const reason = verdict.refusal?.reason
  verdict.close()
  return { reason, toldAtLast: refused > 0, timers: clock.pendingTimers }
}

test.each<[string, Step[], string | undefined]>([
  ['nothing is known', [], undefined],
  ['it is being deployed', [deploying], undefined],
  ['its containers fail', [crashed], 'ExitCode1'],
  ['its image can’t be had', [noImage], 'ErrImagePull'],
  ['no node has room, which may change', [noNode], undefined],
  ['the failure is over', [crashed, deploying], undefined],
  ['a pod answers all the same', [crashed, 'pods'], undefined],
  ['it is at zero, so the failure is an old one', [crashedAtZero], undefined],
  ['it was woken', [crashedAtZero, crashed, 'almost 30 s'], undefined],
  ['it was woken, but nothing came of it', [crashedAtZero, crashed, '30 s'], 'ExitCode1'],
  ['it was woken, and failed again', [crashedAtZero, crashed, crashedAgain], 'ExitCode1'],
  ['it worked before, by its status', [healthy, crashed, 'almost 30 s'], undefined],
  ['it worked before, but not again', [healthy, crashed, '30 s'], 'ExitCode1'],
  ['it worked before, and failed twice', [healthy, crashed, crashedAgain], 'ExitCode1'],
  ['it worked before, by its pod', ['pods', 'no pods', crashed], undefined],
  ['its pod went away while the status still told of a failure', [crashed, 'pods', 'no pods'], undefined],
  ['that pod did not come back', [crashed, 'pods', 'no pods', '30 s'], 'ExitCode1'],
  ['the status is merely repeated', [healthy, crashed, crashed, 'almost 30 s'], undefined],
])('%s', async (_, steps, reason) => {
  expect(await verdictAfter(steps)).toEqual({ reason, toldAtLast: reason !== undefined, timers: 0 })
})
