import { expect, test } from '@jest/globals'
import { junitReport } from './junit.ts'

test('junitReport', () => {
  const report = junitReport(
    [
      {
        testFilePath: '/src/e2e/a.e2e.ts',
        testResults: [
          { ancestorTitles: ['x'], title: 'works', status: 'passed', duration: 1234, failureMessages: [] },
          { ancestorTitles: [], title: 'a < "b"', status: 'pending', failureMessages: [] },
          {
            ancestorTitles: ['x', 'y'],
            title: 'breaks',
            status: 'failed',
            failureMessages: ['\u001b[31mgot <1> & not 2\u001b[39m\u0000'],
          },
        ],
      },
      { testFilePath: '/src/e2e/b.e2e.ts', testResults: [], failureMessage: 'no such module' },
    ],
    '/src',
  )
  expect(report).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="e2e" tests="4" failures="2" skipped="1">
  <testsuite name="e2e/a.e2e.ts" tests="3" failures="1" skipped="1">
    <testcase classname="e2e/a.e2e.ts" name="x › works" time="1.234"/>
    <testcase classname="e2e/a.e2e.ts" name="a &lt; &quot;b&quot;" time="0.000"><skipped/></testcase>
    <testcase classname="e2e/a.e2e.ts" name="x › y › breaks" time="0.000"><failure>got &lt;1&gt; &amp; not 2</failure></testcase>
  </testsuite>
  <testsuite name="e2e/b.e2e.ts" tests="1" failures="1" skipped="0">
    <testcase classname="e2e/b.e2e.ts" name="loads" time="0.000"><failure>no such module</failure></testcase>
  </testsuite>
</testsuites>
`)
})
