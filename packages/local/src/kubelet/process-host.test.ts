import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from '@jest/globals'
import { systemClock } from '@knative-ts/clock'
import { ProcessHost } from './process-host.ts'

const root = mkdtempSync(join(tmpdir(), 'process-host-'))
afterAll(() => rmSync(root, { recursive: true }))

let host = newHost()
afterEach(async () => {
  await host.close()
  host = newHost()
})

function newHost(): ProcessHost {
  return new ProcessHost(join(import.meta.dirname, 'hosted-processes.ts'))
}

const shell = (script: string) => ({
  command: ['/bin/sh', '-c', script],
  folder: root,
  env: { PATH: process.env['PATH'] ?? '' },
})

/** A killed process may stay in the table until somebody asks for its exit code. */
function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z'
  } catch {
    return false
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await systemClock.sleep(5)
}

test('a process runs with its log, and its end is told', async () => {
  const log = join(root, 'logs', 'one.log')
  const started = await host.start(shell('echo hello; exit 3'), log)
  expect(started.pid).toBeGreaterThan(0)
  expect(await started.exited).toEqual({ code: 3, signal: undefined, lastOutput: 'hello' })
  expect(started.running).toBe(false)
  expect(readFileSync(log, 'utf8')).toMatch(/Z hello\n$/)
})

test('a process can be signalled', async () => {
  const started = await host.start(shell('sleep 600'), join(root, 'two.log'))
  started.kill('SIGTERM')
  expect(await started.exited).toMatchObject({ code: 143, signal: 15 })
})

test.each([
  ['is not there', { command: ['/nowhere/program'] }, 127],
  ['no system can run', { env: { BAD: 'a\0b' } }, 126],
])('a command that %s ends like one in a shell, and others go on', async (_, change, code) => {
  const started = await host.start({ ...shell('true'), ...change }, join(root, 'three.log'))
  expect(await started.exited).toMatchObject({ code })
  const next = await host.start(shell('exit 0'), join(root, 'four.log'))
  expect(await next.exited).toMatchObject({ code: 0 })
})

test('closing ends what was started', async () => {
  const { pid } = await host.start(shell('sleep 600'), join(root, 'five.log'))
  await host.close()
  await until(() => !runs(pid))
})

test('when the host itself is killed its processes count as killed, and the next start makes another', async () => {
  const file = join(root, 'ppid')
  const started = await host.start(shell(`echo $PPID > ${file}; sleep 600`), join(root, 'six.log'))
  await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'))
  process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL')
  expect(await started.exited).toMatchObject({ code: 137, signal: 9 })
  await until(() => !runs(started.pid))
  const next = await host.start(shell('exit 7'), join(root, 'seven.log'))
  expect(await next.exited).toMatchObject({ code: 7 })
})
