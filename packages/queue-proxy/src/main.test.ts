import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { hurried } from '@knative-ts/clock/testing'
import { breakable, RawClient } from '@knative-ts/http-proxy/testing'
import type { Variables } from './environment.ts'
import { httpGet } from './testing/http-get.ts'
import { testVariables } from './testing/test-environment.ts'
import { testUserContainer } from './testing/test-queue-proxy.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

/** An address of its own, since some ports are fixed. */
const ownAddress = () => `127.${Math.ceil(Math.random() * 250)}.${Math.ceil(Math.random() * 250)}.7`

/** A module to run first: the process gets as far as its first listener, and no further. */
const neverListening = `data:text/javascript,${encodeURIComponent(`
  import { Server } from 'node:net'
  new Server().listen(0, '127.0.0.1')
  Server.prototype.listen = () => process.stderr.write('about to listen')
`)}`

/** The process itself; `output` grows as it logs. `printed` tells what is on standard output. */
function started(
  variables: Variables,
  first?: string,
): { child: ChildProcess; logged(part: string): Promise<string>; printed(): string } {
  const child = spawn(process.execPath, [...(first === undefined ? [] : ['--import', first]), main], {
    env: { ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let wake = () => {}
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    output += text
    wake()
  })
  let lines = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    lines += text
  })
  child.on('close', () => wake())
  return {
    child,
    printed: () => lines,
    async logged(part) {
      while (!output.includes(part)) {
        if (child.exitCode !== null) throw new Error(`exited ${child.exitCode}: ${output}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return output
    },
  }
}

describe('the process', () => {
  test('serves, logs requests on standard output alone, drains on SIGTERM, and exits 1 on a second one', async () => {
    await using container = await testUserContainer((_request, response) => response.end('app'))
    const address = ownAddress()
    const variables = testVariables({
      LISTEN_ADDRESS: address,
      USER_PORT: String(container.port),
      SERVING_READINESS_PROBE: `{"tcpSocket":{"port":${container.port}}}`,
      OBSERVABILITY_CONFIG:
        '{"requestMetrics":{"protocol":"prometheus"},"enableRequestLog":true,"requestLogTemplate":"asked for {{.Request.URL}}","runtime":{"profiling":"enabled"}}',
    })
    const { child, logged, printed } = started(variables)
    try {
      await logged('Queue-proxy is listening.')
      const url = `http://${address}:8012/`
      const probe = { 'User-Agent': 'kube-probe/1.34', 'K-Network-Probe': 'queue' }
      expect(await httpGet(url)).toMatchObject({ status: 200, body: 'app' })
      expect(await httpGet(url, probe)).toMatchObject({ status: 200, body: 'queue' })
      expect(await httpGet(`http://${address}:9090/metrics`)).toMatchObject({ status: 200 })
      expect((await httpGet(`http://${address}:9091/metrics`)).body).toContain(
        'kn_serving_invocation_duration_seconds_count',
      )
      expect(await httpGet(`http://${address}:8008/debug/pprof/`)).toMatchObject({ status: 200 })
      child.kill('SIGTERM')
      const log = await logged('draining')
      expect(await httpGet(url, probe)).toMatchObject({ status: 503, body: 'shutting down\n' })
      expect(await httpGet(`${url}late`)).toMatchObject({ status: 200 })
      const closed = once(child, 'close')
      child.kill('SIGTERM')
      expect((await closed)[0]).toBe(1)
      expect(printed()).toBe('asked for /\nasked for /late\n')
      expect(log).not.toContain('asked for')
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('exits 0 once it has drained', async () => {
    const address = ownAddress()
    const { child, logged } = started(testVariables({ LISTEN_ADDRESS: address }), hurried)
    try {
      await logged('Queue-proxy is listening.')
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      expect((await exited)[0]).toBe(0)
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('lets those who ask for profiles have their answer before it exits', async () => {
    const address = ownAddress()
    const profiling = { OBSERVABILITY_CONFIG: '{"runtime":{"profiling":"enabled"}}' }
    const { child, logged } = started(testVariables({ LISTEN_ADDRESS: address, ...profiling }), hurried)
    try {
      await logged('Queue-proxy is listening.')
      using client = new RawClient(8008, address)
      client.send('GET /debug/pprof/ HTTP/1.1\r\nHost: a\r\n')
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      for (let listening = true; listening; ) {
        const answer = httpGet(`http://${address}:8012/`, { 'User-Agent': 'kube-probe/1.34' })
        listening = await answer.then(
          () => true,
          (error: NodeJS.ErrnoException) => error.code !== 'ECONNREFUSED',
        )
      }
      client.send('\r\n')
      await client.until('/debug/pprof/heap')
      expect((await exited)[0]).toBe(0)
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('exits 0 at once when told to stop before it serves', async () => {
    const { child, logged } = started(testVariables({ LISTEN_ADDRESS: ownAddress() }), neverListening)
    await logged('about to listen')
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    expect((await exited)[0]).toBe(0)
  })

  test('says on standard error why the user container is not ready', async () => {
    const address = ownAddress()
    const readiness = '{"httpGet":{"port":1},"periodSeconds":1}'
    const { child, logged } = started(
      testVariables({ LISTEN_ADDRESS: address, SERVING_READINESS_PROBE: readiness }),
    )
    try {
      await logged('Queue-proxy is listening.')
      await httpGet(`http://${address}:8012/`, {
        'User-Agent': 'kube-probe/1.34',
        'K-Network-Probe': 'queue',
      })
      await logged('127.0.0.1:1: connect: connection refused')
    } finally {
      child.kill('SIGKILL')
    }
  })

  test.each([
    ['', '{"level":"debug"}'],
    ['debug', '{"level":"error"}'],
  ])('logs at its own level %j, or else that of all: %j', async (own, zap) => {
    const address = ownAddress()
    const variables = { SERVING_LOGGING_LEVEL: own, SERVING_LOGGING_CONFIG: zap }
    const nobody = { AUTOSCALER_STATS_ADDRESS: `${address}:1` }
    const { child, logged } = started(testVariables({ LISTEN_ADDRESS: address, ...variables, ...nobody }))
    try {
      expect(await logged('The stats stream was lost')).toContain('"severity":"DEBUG"')
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('exits 1 when a listener breaks', async () => {
    const address = ownAddress()
    const { child, logged } = started(testVariables({ LISTEN_ADDRESS: address }), breakable(8012))
    const closed = once(child, 'close')
    await logged('Queue-proxy is listening.')
    child.kill('SIGUSR2')
    await logged('accept failed')
    expect((await closed)[0]).toBe(1)
  })

  test('listens on no port for metrics or profiles unless told to', async () => {
    const address = ownAddress()
    const { child, logged } = started(testVariables({ LISTEN_ADDRESS: address }))
    try {
      await logged('Queue-proxy is listening.')
      for (const port of [8008, 8013, 8112, 9091])
        await expect(httpGet(`http://${address}:${port}/`)).rejects.toThrow('ECONNREFUSED')
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('exits 1 when somebody else has its port', async () => {
    const address = ownAddress()
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(8022, address, resolve))
    const { child, logged } = started(testVariables({ LISTEN_ADDRESS: address }))
    const closed = once(child, 'close')
    await logged('EADDRINUSE')
    expect((await closed)[0]).toBe(1)
    await new Promise((resolve) => other.close(resolve))
  })

  test.each([
    ['SERVING_POD', undefined],
    ['CONTAINER_CONCURRENCY', 'x'],
    ['OBSERVABILITY_CONFIG', '{"enableRequestLog":true,"requestLogTemplate":"{{"}'],
  ])('exits 1 and says why when %s is %j', async (name, value) => {
    const { child } = started(testVariables({ [name]: value, LISTEN_ADDRESS: '127.0.0.1' }))
    let output = ''
    child.stderr!.on('data', (text: string) => {
      output += text
    })
    const [code] = await once(child, 'close')
    expect(code).toBe(1)
    expect(output).toContain('"severity":"ERROR"')
    if (name !== 'OBSERVABILITY_CONFIG') expect(output).toContain(name)
  })
})
