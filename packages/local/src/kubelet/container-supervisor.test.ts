import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import type { V1Container } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { ManualClock } from '@knative-ts/clock/testing'
import { LocalError } from '../errors.ts'
import { startChild } from './container-process.ts'
import { ContainerSupervisor, type ContainerSupervisorOptions } from './container-supervisor.ts'
import { ProcessRegistry } from './process-registry.ts'

const root = mkdtempSync(join(tmpdir(), 'supervisor-'))
const processes = new ProcessRegistry(join(root, 'processes'))
afterAll(() => {
  processes.killAll()
  rmSync(root, { recursive: true })
})

let count = 0
function supervise(
  script: string,
  change: Partial<ContainerSupervisorOptions> = {},
  container: Partial<V1Container> = {},
) {
  const events: string[] = []
  const waiters: { holds: () => boolean; resolve: () => void }[] = []
  const check = () => {
    for (const waiter of [...waiters]) if (waiter.holds()) waiter.resolve()
  }
  const logFolder = join(root, `logs-${count++}`)
  const supervisor = new ContainerSupervisor({
    container: { name: 'c', image: 'i', ...container } as V1Container,
    restartPolicy: 'Always',
    clock: systemClock,
    processes,
    start: startChild(systemClock),
    logFolder,
    podIP: '127.0.0.1',
    ports: new Map(),
    prepare: async () => ({
      command: ['/bin/sh', '-c', script],
      folder: root,
      env: { PATH: process.env['PATH'] ?? '' },
    }),
    onChange: check,
    onEvent: (type, reason) => {
      events.push(`${type} ${reason}`)
      check()
    },
    ...change,
  })
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      if (holds()) resolve()
      else waiters.push({ holds, resolve })
    })
  return { supervisor, until, events, logFolder }
}

/** The first line a container writes: what its script did before that has been done. */
async function firstLine(logFolder: string): Promise<string> {
  for (;;) {
    const file = join(logFolder, '0.log')
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    if (text.includes('\n')) return text.slice(text.indexOf(' ') + 1, text.indexOf('\n'))
    await systemClock.sleep(5)
  }
}

/** A killed process may stay in the table until somebody asks for its exit code. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z'
  } catch {
    return false
  }
}

describe('ContainerSupervisor', () => {
  test('runs a command, keeps its output and its exit code', async () => {
    const { supervisor, logFolder } = supervise('echo out; echo err >&2; exit 3', { restartPolicy: 'Never' })
    expect(await supervisor.run()).toBe(3)
    expect(supervisor.record.state).toMatchObject({ kind: 'terminated', exitCode: 3, reason: 'Error' })
    const log = readFileSync(join(logFolder, '0.log'), 'utf8')
    expect(log).toMatch(/^\S+Z out$/m)
    expect(log).toMatch(/^\S+Z err$/m)
  })

  test('the last output is the termination message when the policy says so', async () => {
    const { supervisor } = supervise(
      'echo boom; exit 1',
      { restartPolicy: 'Never' },
      {
        terminationMessagePolicy: 'FallbackToLogsOnError',
      },
    )
    await supervisor.run()
    expect(supervisor.record.state).toMatchObject({ message: 'boom' })
  })

  test('a command that does not exist is told', async () => {
    const { supervisor } = supervise('', {
      restartPolicy: 'Never',
      prepare: async () => ({ command: ['no-such-command'], folder: root, env: {} }),
    })
    expect(await supervisor.run()).toBe(127)
    expect(supervisor.record.state).toMatchObject({ message: 'the command "no-such-command" was not found' })
  })

  test('restarts at once, then backs off', async () => {
    const clock = new ManualClock()
    const { supervisor, until, logFolder } = supervise('exit 1', { clock })
    const ended = supervisor.run()
    const backingOff = () =>
      supervisor.record.state.kind === 'waiting' && supervisor.record.state.reason === 'CrashLoopBackOff'
    await until(() => supervisor.record.restarts === 2 && backingOff())
    expect(supervisor.record.last).toMatchObject({ exitCode: 1 })
    expect(supervisor.record.state).toMatchObject({ message: 'back-off 10s restarting failed container=c' })
    await clock.advance(10_000)
    await until(() => supervisor.record.restarts === 3 && backingOff())
    expect(readdirSync(logFolder)).toHaveLength(3)
    await supervisor.terminate(0)
    await ended
  })

  test('a missing image is ErrImagePull, then ImagePullBackOff, and heals', async () => {
    const clock = new ManualClock()
    let found = false
    const { supervisor, until } = supervise('', {
      clock,
      restartPolicy: 'Never',
      prepare: async () => {
        if (!found) throw new LocalError('IMAGE_NOT_FOUND', 'image x not found')
        return { command: ['true'], folder: root, env: { PATH: process.env['PATH'] ?? '' } }
      },
    })
    const ended = supervisor.run()
    const reason = () => (supervisor.record.state.kind === 'waiting' ? supervisor.record.state.reason : '')
    await until(() => reason() === 'ErrImagePull')
    await clock.advance(2000)
    expect(supervisor.record.state).toMatchObject({
      reason: 'ImagePullBackOff',
      message: 'image x not found',
    })
    found = true
    await clock.advance(2000)
    expect(await ended).toBe(0)
  })

  test('one that is stopped while it is being prepared never starts', async () => {
    const prepared = Promise.withResolvers<void>()
    const { supervisor, logFolder } = supervise('', {
      prepare: async () => {
        await prepared.promise
        return { command: ['true'], folder: root, env: { PATH: process.env['PATH'] ?? '' } }
      },
    })
    const ended = supervisor.run()
    await supervisor.terminate(1000)
    prepared.resolve()
    expect(await ended).toBe(137)
    expect(existsSync(logFolder)).toBe(false)
  })

  test('stops on SIGTERM, with all its children', async () => {
    const { supervisor, logFolder } = supervise('trap "exit 0" TERM; sleep 100 & echo $!; wait')
    const ended = supervisor.run()
    const child = Number(await firstLine(logFolder))
    await supervisor.terminate(5000)
    expect(await ended).toBe(0)
    expect(isAlive(child)).toBe(false)
  })

  test('is killed when the grace period is over, and says by which signal', async () => {
    const { supervisor, logFolder } = supervise('trap "" TERM; echo up; while true; do sleep 0.05; done')
    const ended = supervisor.run()
    await firstLine(logFolder)
    await supervisor.terminate(100)
    expect(await ended).toBe(137)
    expect(supervisor.record.state).toMatchObject({ exitCode: 137, signal: 9 })
  })

  test('the preStop hook runs before the signal', async () => {
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(request.url ?? '')
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { supervisor, until } = supervise('exec sleep 100', {}, {
      lifecycle: { preStop: { httpGet: { path: '/bye', port } } },
    } as unknown as Partial<V1Container>)
    const ended = supervisor.run()
    await until(() => supervisor.record.state.kind === 'running')
    await supervisor.terminate(5000)
    expect(await ended).toBe(143)
    expect(seen).toEqual(['/bye'])
    server.closeAllConnections()
    server.close()
  })

  test('readiness follows the probe; a failing liveness probe restarts', async () => {
    let healthy = true
    let ready = false
    const server = createServer((request, response) => {
      const good = request.url === '/live' ? healthy : ready
      response.writeHead(good ? 200 : 500).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const probe = (path: string) => ({ httpGet: { path, port }, periodSeconds: 1, failureThreshold: 1 })
    const { supervisor, until, events } = supervise('exec sleep 100', {}, {
      readinessProbe: probe('/ready'),
      livenessProbe: probe('/live'),
    } as unknown as Partial<V1Container>)
    const ended = supervisor.run()
    await until(() => supervisor.record.started)
    expect(supervisor.record.ready).toBe(false)
    ready = true
    await until(() => supervisor.record.ready)
    healthy = false
    await until(() => events.includes('Warning Unhealthy'))
    healthy = true
    await until(() => supervisor.record.restarts === 1 && supervisor.record.ready)
    await supervisor.terminate(1000)
    await ended
    server.closeAllConnections()
    server.close()
  })
})

test('a registry ends what an earlier run left behind, and only that', async () => {
  const file = join(root, 'leftovers')
  const { supervisor, until } = supervise('exec sleep 100', {
    processes: new ProcessRegistry(file),
    restartPolicy: 'Never',
  })
  const ended = supervisor.run()
  await until(() => supervisor.record.state.kind === 'running')
  expect(new ProcessRegistry(file).endLeftovers()).toBe(1)
  expect(await ended).toBe(137)
  expect(new ProcessRegistry(file).endLeftovers()).toBe(0)
})
