import { spawn } from 'node:child_process'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import type { V1Container, V1Probe } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { ProcessSpec } from './container-process.ts'

/** What a probe needs to know of the container it looks at. */
export interface ProbeTarget {
  host: string
  container: V1Container
  /** Ports that local mode moved: the container's own number → the one in use. */
  ports: ReadonlyMap<number, number>
  /** Environment and folder for exec probes. */
  process: Pick<ProcessSpec, 'env' | 'folder'>
}

/** A handler of a probe or of a lifecycle hook. */
export type ProbeHandler = Pick<V1Probe, 'httpGet' | 'tcpSocket' | 'exec' | 'grpc'>

export type ProbeResult = { passed: true } | { passed: false; message: string }

const passed: ProbeResult = { passed: true }
const failed = (message: string): ProbeResult => ({ passed: false, message })

/** Runs a probe's handler once. Never rejects. */
export async function runProbe(
  handler: ProbeHandler,
  target: ProbeTarget,
  timeoutMs: number,
  clock: Clock,
): Promise<ProbeResult> {
  if (handler.httpGet) return httpProbe(handler.httpGet, target, timeoutMs, clock)
  if (handler.tcpSocket) {
    return tcpProbe(
      handler.tcpSocket.host ?? target.host,
      portOf(handler.tcpSocket.port as number | string, target),
      timeoutMs,
    )
  }
  if (handler.exec) return execProbe(handler.exec.command ?? [], target, timeoutMs, clock)
  if (handler.grpc) {
    const { grpcHealth } = await import('./grpc-health.ts')
    return grpcHealth(
      `${target.host}:${movedPort(handler.grpc.port, target)}`,
      handler.grpc.service ?? '',
      timeoutMs,
    )
  }
  return failed('the probe has no handler')
}

function portOf(port: number | string, target: ProbeTarget): number {
  if (typeof port === 'number') return movedPort(port, target)
  const named = target.container.ports?.find((candidate) => candidate.name === port)
  return movedPort(named?.containerPort ?? Number(port), target)
}

function movedPort(port: number, target: ProbeTarget): number {
  return target.ports.get(port) ?? port
}

function httpProbe(
  get: NonNullable<V1Probe['httpGet']>,
  target: ProbeTarget,
  timeoutMs: number,
  clock: Clock,
): Promise<ProbeResult> {
  const secure = get.scheme?.toUpperCase() === 'HTTPS'
  const headers: Record<string, string> = { 'User-Agent': 'kube-probe/1.34', Accept: '*/*' }
  for (const { name, value } of get.httpHeaders ?? []) headers[name] = value
  return new Promise((resolve) => {
    const request = (secure ? httpsRequest : httpRequest)({
      host: get.host ?? target.host,
      port: portOf(get.port as number | string, target),
      path: get.path?.startsWith('/') ? get.path : `/${get.path ?? ''}`,
      headers,
      agent: false,
      ...(secure ? { rejectUnauthorized: false } : {}),
    })
    const timer = clock.after(timeoutMs, () => request.destroy(new Error('context deadline exceeded')))
    request.once('response', (response) => {
      timer.cancel()
      response.resume()
      const status = response.statusCode ?? 0
      resolve(status >= 200 && status < 400 ? passed : failed(`HTTP probe failed with statuscode: ${status}`))
      request.destroy()
    })
    request.once('error', (error) => {
      timer.cancel()
      resolve(failed(error.message))
    })
    request.end()
  })
}

function tcpProbe(host: string, port: number, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const finish = (result: ProbeResult) => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(timeoutMs, () => finish(failed(`dial tcp ${host}:${port}: i/o timeout`)))
    socket.once('connect', () => finish(passed))
    socket.once('error', (error) => finish(failed(error.message)))
  })
}

function execProbe(
  command: readonly string[],
  target: ProbeTarget,
  timeoutMs: number,
  clock: Clock,
): Promise<ProbeResult> {
  const [file = '', ...args] = command
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: target.process.folder,
      env: { ...target.process.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-1024)
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    const timer = clock.after(timeoutMs, () => {
      if (child.pid) {
        try {
          process.kill(-child.pid, 'SIGKILL')
        } catch {
          // It ended in the same moment.
        }
      }
      resolve(failed(`command timed out after ${timeoutMs} ms`))
    })
    child.once('error', (error) => {
      timer.cancel()
      resolve(failed(error.message))
    })
    child.once('exit', (code) => {
      timer.cancel()
      resolve(code === 0 ? passed : failed(output.trim() || `command exited with code ${code}`))
    })
  })
}
