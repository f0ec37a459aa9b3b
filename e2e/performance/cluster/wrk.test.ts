import { expect, test } from '@jest/globals'
import { parseReport } from './wrk.ts'

const report = `Running 8s test @ http://10.99.0.1:31080/
  1 threads and 50 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    19.85ms   10.29ms 141.05ms   92.21%
    Req/Sec     2.64k   329.02     3.22k    78.75%
  Latency Distribution
     50%   18.04ms
     75%   21.70ms
     90%   27.46ms
     99%    1.07s 
  20998 requests in 8.01s, 3.96MB read
Requests/sec:   2622.44
Transfer/sec:    506.70KB
`

test('a report', () => {
  expect(parseReport(report)).toEqual({
    requests: 20998,
    rate: 2622.44,
    p50Ms: 18.04,
    p99Ms: 1070,
    failed: 0,
  })
})

test('failed requests are counted', () => {
  expect(parseReport(`${report}  Non-2xx or 3xx responses: 12\n`).failed).toBe(12)
})

test('anything else is an error', () => {
  expect(() => parseReport('unable to connect')).toThrow('wrk gave no report: unable to connect')
})
