import { readdirSync, readFileSync } from 'node:fs'
import { systemClock } from '@knative-ts/clock'
import type { LoadClient } from './client.ts'
import { Http1Client } from './http1-client.ts'
import { Http2Client } from './http2-client.ts'
import { Latencies } from './latencies.ts'
import type { LoadResult, LoadTask } from './task.ts'

const sessions = new Map<string, LoadRun>()

/** Puts the load of `task` on its target. Rejects if a connection breaks. */
export async function runLoad(task: LoadTask): Promise<LoadResult> {
  const { session } = task
  const kept = session === undefined ? undefined : sessions.get(session)
  const run = kept ?? new LoadRun(task)
  if (!kept) await run.connect()
  const result = await run.measure(task)
  if (session === undefined) run.close()
  else sessions.set(session, run)
  return result
}

/** Closes the connections of all sessions. */
export function endSessions(): void {
  for (const run of sessions.values()) run.close()
  sessions.clear()
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
  #running = false
  /** Resolves once no slot waits for an answer. */
  #rested = Promise.withResolvers<void>()

  constructor(task: LoadTask) {
    this.#task = task
  }

  async connect(): Promise<void> {
    const task = this.#task
    const { host, neighbourHost = host } = task
    const neighbour: LoadTask = { ...task, host: neighbourHost }
    const answered = (slot: number, ok: boolean) => this.#answered(slot, ok)
    const broken = (error: Error) => this.#finished.reject(error)
    this.#finished.promise.catch(() => {})
    for (let i = 0; i < task.connections; i++) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const client =
        task.protocol === 'http1'
          ? new Http1Client(i % 2 === 0 ? task : neighbour, i, answered, resolve, broken)
          : new Http2Client(task, answered, resolve, broken)
      this.#clients.push(client)
      for (let s = 0; s < task.streams; s++) {
        this.#idle.push(this.#slots.length)
        this.#slots.push({ client, dueMs: 0 })
      }
      await Promise.race([promise, this.#finished.promise])
    }
  }

  /** @param times how long; all else is as it was when the connections were opened */
  async measure(times: Pick<LoadTask, 'ms' | 'warmMs'>): Promise<LoadResult> {
    const { mode, pid, childPids = [] } = this.#task
    this.#running = true
    this.#rested = Promise.withResolvers<void>()
    if (mode === 'paced') this.#pace(systemClock.monotonic(), 0)
    else for (const slot of this.#idle.splice(0)) this.#send(slot, systemClock.monotonic())
    await this.#wait(times.warmMs)
    this.#latencies.reset()
    this.#failed = 0
    const startMs = systemClock.monotonic()
    const startCpuUs = cpuUs(pid)
    const startChildUs = childPids.map(cpuUs)
    const startLoadUs = cpuUs(process.pid)
    await this.#wait(times.ms)
    const seconds = (systemClock.monotonic() - startMs) / 1000
    const spentUs = cpuUs(pid) - startCpuUs
    const childCpuUs = childPids.map((child, i) => cpuUs(child) - startChildUs[i]!)
    const loadCpuUs = cpuUs(process.pid) - startLoadUs
    const [p50Us = 0, p99Us = 0] = this.#latencies.quantilesUs([0.5, 0.99])
    const result = {
      requests: this.#latencies.count,
      failed: this.#failed,
      seconds,
      p50Us,
      p99Us,
      cpuUs: spentUs,
      childCpuUs,
      loadCpuUs,
    }
    await this.#rest()
    return result
  }

  close(): void {
    for (const client of this.#clients) client.close()
  }

  /** Sends no more, and waits for what is under way: the next contender is to have the machine to itself. */
  async #rest(): Promise<void> {
    this.#running = false
    this.#overdue.length = 0
    if (this.#idle.length < this.#slots.length)
      await Promise.race([this.#rested.promise, this.#finished.promise])
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
    if (!this.#running) {
      this.#idle.push(slot)
      if (this.#idle.length === this.#slots.length) this.#rested.resolve()
      return
    }
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
  let ns = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0])
  }
  return ns / 1000
}
