import { readFileSync } from 'node:fs'
import { systemClock } from '@knative-ts/clock'
import type { LoadClient } from './client.ts'
import { Http1Client } from './http1-client.ts'
import { Http2Client } from './http2-client.ts'
import { Latencies } from './latencies.ts'
import type { LoadResult, LoadTask } from './task.ts'

/** Puts the load of `task` on its target. Rejects if a connection breaks. */
export async function runLoad(task: LoadTask): Promise<LoadResult> {
  const run = new LoadRun(task)
  await run.connect()
  return run.measure()
}

/** Connections, and for each slot when its request was due. */
class LoadRun {
  readonly #task: LoadTask
  readonly #slots: { readonly client: LoadClient; dueMs: number }[] = []
  readonly #clients: LoadClient[] = []
  readonly #idle: number[] = []
  readonly #latencies = new Latencies()
  /** Due times of requests that found every slot busy. */
  readonly #overdue: number[] = []
  readonly #finished = Promise.withResolvers<void>()
  #failed = 0
  #running = true

  constructor(task: LoadTask) {
    this.#task = task
  }

  async connect(): Promise<void> {
    const task = this.#task
    const answered = (slot: number, ok: boolean) => this.#answered(slot, ok)
    const broken = (error: Error) => this.#finished.reject(error)
    this.#finished.promise.catch(() => {})
    for (let i = 0; i < task.connections; i++) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const client =
        task.protocol === 'http1'
          ? new Http1Client(task, i, answered, resolve, broken)
          : new Http2Client(task, answered, resolve, broken)
      this.#clients.push(client)
      for (let s = 0; s < task.streams; s++) {
        this.#idle.push(this.#slots.length)
        this.#slots.push({ client, dueMs: 0 })
      }
      await Promise.race([promise, this.#finished.promise])
    }
  }

  async measure(): Promise<LoadResult> {
    const { mode, ms, warmMs, pid, childPids = [] } = this.#task
    if (mode === 'paced') this.#pace(systemClock.monotonic(), 0)
    else for (const slot of this.#idle.splice(0)) this.#send(slot, systemClock.monotonic())
    await this.#wait(warmMs)
    this.#latencies.reset()
    this.#failed = 0
    const startMs = systemClock.monotonic()
    const startCpuUs = cpuUs(pid)
    const startChildUs = childPids.map(cpuUs)
    await this.#wait(ms)
    const seconds = (systemClock.monotonic() - startMs) / 1000
    const spentUs = cpuUs(pid) - startCpuUs
    const childCpuUs = childPids.map((child, i) => cpuUs(child) - startChildUs[i]!)
    this.#running = false
    for (const client of this.#clients) client.close()
    const [p50Us = 0, p99Us = 0] = this.#latencies.quantilesUs([0.5, 0.99])
    return {
      requests: this.#latencies.count,
      failed: this.#failed,
      seconds,
      p50Us,
      p99Us,
      cpuUs: spentUs,
      childCpuUs,
    }
  }

  #wait(ms: number): Promise<void> {
    return Promise.race([systemClock.sleep(ms), this.#finished.promise])
  }

  #send(slot: number, dueMs: number): void {
    const place = this.#slots[slot]!
    place.dueMs = dueMs
    place.client.send(slot)
  }

  #answered(slot: number, ok: boolean): void {
    if (!this.#running) return
    const nowMs = systemClock.monotonic()
    this.#latencies.add(nowMs - this.#slots[slot]!.dueMs)
    if (!ok) this.#failed++
    if (this.#task.mode === 'closed') this.#send(slot, nowMs)
    else if (this.#overdue.length > 0) this.#send(slot, this.#overdue.shift()!)
    else this.#idle.push(slot)
  }

  /** Spins, so that a request leaves when it is due and not at the next timer tick. */
  #pace(startMs: number, sent: number): void {
    if (!this.#running) return
    const { rate } = this.#task
    const due = Math.floor(((systemClock.monotonic() - startMs) * rate) / 1000)
    for (; sent < due; sent++) {
      const dueMs = startMs + (sent * 1000) / rate
      const slot = this.#idle.pop()
      if (slot === undefined) this.#overdue.push(dueMs)
      else this.#send(slot, dueMs)
    }
    setImmediate(() => this.#pace(startMs, sent))
  }
}

/** CPU time of all threads of a process, microseconds; 0 for process 0. */
function cpuUs(pid: number): number {
  if (pid === 0) return 0
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticksPerSecond = 100
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticksPerSecond
}
