import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { separateKubelet } from './separate-kubelet.ts'

let work: string

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'kubelet-'))
  mkdirSync(join(work, 'cache/bin'), { recursive: true })
  for (const file of ['stamp', 'bin/helm', 'bin/kubelet']) writeFileSync(join(work, 'cache', file), file)
  separateKubelet(join(work, 'own'), join(work, 'cache'), 'mine')
})

afterEach(() => {
  rmSync(work, { recursive: true })
})

test('everything but the kubelet is the one of the cache', () => {
  expect(readlinkSync(join(work, 'own/stamp'))).toBe(join(work, 'cache/stamp'))
  expect(readlinkSync(join(work, 'own/bin/helm'))).toBe(join(work, 'cache/bin/helm'))
})

test('the kubelet is told a cgroup and a folder of logs of its own', () => {
  const text = readFileSync(join(work, 'own/bin/kubelet'), 'utf8')
  expect(text).toContain("cgroupRoot: /%s\\npodLogsDir: %s\\n' 'mine' \"$state/pod-logs\"")
  expect(text).toContain(`exec -a kubelet '${join(work, 'cache/bin/kubelet')}' "$@"`)
  execFileSync('bash', ['-n', join(work, 'own/bin/kubelet')])
})
