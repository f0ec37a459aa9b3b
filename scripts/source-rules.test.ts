import { describe, expect, test } from '@jest/globals'
import {
  type Exceptions,
  lineCount,
  mostLines,
  openNotes,
  staleExceptions,
  timeUses,
} from './source-rules.ts'
import { filesMatching, sourceFiles } from './workspace.ts'

/** Files that use time themselves. Everything else takes a `Clock` and is tested without waiting. */
const ownTime: Exceptions = {
  'packages/lib/clock/src/clock.ts': 'the system clock itself',
  'packages/local/src/api/testing/fidelity-session.ts':
    'names namespaces of a real API server unlike those of earlier runs',
  'packages/local/src/api/testing/webhook-server.ts': 'TLS checks certificates against real time',
  'packages/local/src/kubelet/grpc-health.ts': 'the gRPC library takes its deadline as wall-clock time',
  'packages/webhook/src/webhook.test.ts': 'TLS checks certificates against real time',
  'scripts/run-ends.ts': 'a timer of a Clock would itself keep the run open',
}

/** Files of more than 400 lines. */
const long: Exceptions = {
  'packages/autoscaler/src/kpa/kpa-reconciler.table.test.ts': 'one table',
  'packages/lib/apis/src/serving/pod-spec-validation.table.test.ts': 'one table',
  'packages/local/src/api/api-server.test.ts': 'one story for each concern, on one server',
}

const files = sourceFiles()

describe('time', () => {
  test.each(['Date.now()', 'new Date()', 'setTimeout(f, 1)', 'setInterval(f)', 'performance.now()'])(
    '%s is found',
    (text) => {
      expect(timeUses({ path: 'a.ts', text: `const a = 1\nconst b = ${text}` })).toHaveLength(1)
    },
  )

  test.each(['socket.setTimeout(5)', 'new Date(ms)', 'clock.now()', 'Date.UTC(2026, 0)'])(
    '%s is fine',
    (text) => {
      expect(timeUses({ path: 'a.ts', text })).toEqual([])
    },
  )

  // The rule's own files spell out what they look for.
  const checked = files.filter(({ path }) => !path.startsWith('scripts/source-rules'))

  test('comes from a Clock everywhere but in the listed files', () => {
    expect(checked.filter(({ path }) => !(path in ownTime)).flatMap(timeUses)).toEqual([])
  })

  test('every listed file needs its place on the list', () => {
    expect(staleExceptions(ownTime, checked, (file) => timeUses(file).length > 0)).toEqual([])
  })
})

describe('size', () => {
  test('lines are counted as editors count them', () => {
    expect(['', 'a', 'a\n', 'a\n\n', 'a\nb'].map((text) => lineCount({ path: 'a.ts', text }))).toEqual([
      1, 1, 1, 2, 2,
    ])
  })

  test(`no file has more than ${mostLines} lines but the listed ones`, () => {
    const tooLong = files.filter((file) => lineCount(file) > mostLines && !(file.path in long))
    expect(tooLong.map((file) => `${file.path}: ${lineCount(file)} lines`)).toEqual([])
  })

  test('every listed file needs its place on the list', () => {
    expect(staleExceptions(long, files, (file) => lineCount(file) > mostLines)).toEqual([])
  })
})

describe('notes of work left undone', () => {
  test('are found', () => {
    const note = ['// TO', 'DO: later'].join('')
    expect(openNotes({ path: 'a.ts', text: `\n${note}` })).toHaveLength(1)
  })

  test('are not in the tree', () => {
    const others = filesMatching(
      'charts/**/*.{yaml,tpl}',
      'samples/**/*',
      'packages/**/*.{proto,sh,js,mjs,json}',
    )
    const checked = [...files, ...others].filter(({ path }) => !path.startsWith('scripts/source-rules'))
    expect(checked.flatMap(openNotes)).toEqual([])
  })
})
