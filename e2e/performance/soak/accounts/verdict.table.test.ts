import { expect, test } from '@jest/globals'
import { aborted, answered, broken, type Ending } from '../load/ending.ts'
import { type Death, longestMs, newsMs, type Verdict, verdictOf } from './verdict.ts'

const reset = broken('ECONNRESET')
const death: Death = { revision: 'a', pod: 'a-1', process: 'both', atMs: 990, goneMs: 1000 }
const userDeath: Death = { ...death, process: 'user container' }

test.each<[string, Ending, { startMs?: number; endMs?: number; pods?: string[] }, Death[], Verdict]>([
  ['an answer', answered, {}, [], 'answered'],
  ['a client that gave up', aborted, {}, [], 'aborted'],
  ['nothing was killed', reset, {}, [], 'lost'],
  ['its pod was killed meanwhile', reset, { pods: ['a-1'] }, [death], 'held'],
  ['it was on its way when a pod was killed', reset, {}, [death], 'held'],
  ['another pod was killed', reset, { pods: ['a-2'] }, [death], 'lost'],
  ['a pod of another revision was killed', reset, {}, [{ ...death, revision: 'b' }], 'lost'],
  ['the pod was killed after its end', reset, { endMs: 989 }, [death], 'lost'],
  ['the pod was killed, but not gone before its start', reset, { startMs: 1000 }, [death], 'held'],
  ['the pod was gone before its start', reset, { startMs: 1001 }, [death], 'lost'],
  ['its program was gone just before its start', reset, { startMs: 1001 }, [userDeath], 'unlucky'],
  ['its program was gone long before its start', reset, { startMs: 1001 + newsMs }, [userDeath], 'lost'],
  ['it hung until its pod was killed', reset, { startMs: 999 - longestMs, endMs: 1000 }, [death], 'lost'],
  ['it was tried at a second pod, which was killed', reset, { pods: ['a-2', 'a-1'] }, [death], 'held'],
])('%s', (_, ending, { startMs = 900, endMs = 1100, pods = [] }, deaths, verdict) => {
  expect(verdictOf(ending, { revision: 'a', startMs, endMs, pods }, deaths)).toBe(verdict)
})
