import { expect, test } from '@jest/globals'
import { type Footprint, leaksBetween } from './leaks.ts'

const footprint = (sockets: number, timers: number, mebibytes: number): Footprint => ({
  descriptors: { socket: sockets, pipe: 2 },
  holdings: { resources: { Timeout: timers, TCPServerWrap: 3 }, aliveBytes: mebibytes << 20 },
})

test.each<[string, Footprint, string[]]>([
  ['nothing', footprint(5, 3, 10), []],
  ['less than before', footprint(4, 2, 9), []],
  ['a socket', footprint(6, 3, 10), ['descriptors: 6 socket instead of 5']],
  ['a timer', footprint(5, 4, 10), ['resources: 4 Timeout instead of 3']],
  ['some memory', footprint(5, 3, 18), []],
  ['much memory', footprint(5, 3, 20), ['memory alive: 10.0 MiB more']],
  [
    'a kind there was none of',
    { ...footprint(5, 3, 10), descriptors: { socket: 5, pipe: 2, anon_inode: 1 } },
    ['descriptors: 1 anon_inode instead of 0'],
  ],
])('%s', (_, after, leaks) => {
  expect(leaksBetween(footprint(5, 3, 10), after)).toEqual(leaks)
})
