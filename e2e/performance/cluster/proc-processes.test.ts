import { expect, test } from '@jest/globals'
import { podUidOf, usageOf } from './proc-processes.ts'

const uid = '967144fd-0854-490f-b10c-f9201cbd9178'

test.each([
  ['cgroupfs', `8:memory:/kubepods/burstable/pod${uid}/5ee8d5512651`, uid],
  ['a cgroup of the cluster', `8:memory:/other/kubepods/besteffort/pod${uid}/5ee8d5512651`, uid],
  [
    'systemd',
    `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice/cri-x.scope`,
    uid,
  ],
  ['no pod', '0::/system.slice/kubelet.service', undefined],
])('the pod of a process: %s', (_, cgroup, expected) => {
  expect(podUidOf(cgroup)).toBe(expected)
})

test('processor time and memory are found whatever the name is', () => {
  const before = Array.from({ length: 11 }, () => '0')
  const between = Array.from({ length: 8 }, () => '0')
  const fields = ['S', ...before.slice(1), '150', '50', ...between, '25600', '0'].join(' ')
  expect(usageOf(`42 (a ) (b) ${fields}`)).toEqual({ cpuUs: 2_000_000, rssMB: 100 })
})
