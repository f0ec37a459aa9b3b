import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { MeasurementError } from './errors.ts'

/** What `wrk --latency` reports. */
export interface LoadReport {
  readonly requests: number
  readonly rate: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers that were no 2xx or 3xx. */
  readonly failed: number
}

/**
 * Puts load on a host through the gateway, with wrk as the figures measured upstream did.
 * @throws MeasurementError TOOL_MISSING, LOAD_FAILED
 */
export async function runWrk(
  gateway: string,
  host: string,
  connections: number,
  seconds: number,
): Promise<LoadReport> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-H', `Host: ${host}`, `${gateway}/`]
  try {
    const { stdout } = await promisify(execFile)('wrk', args)
    return parseReport(stdout)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new MeasurementError(
        'TOOL_MISSING',
        'wrk is not in PATH: install it (Debian and Ubuntu call it wrk)',
      )
    }
    throw error
  }
}

/** @throws MeasurementError LOAD_FAILED when it is no report */
export function parseReport(text: string): LoadReport {
  const [, requests] = /(\d+) requests in/.exec(text) ?? []
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(text) ?? []
  if (requests === undefined || rate === undefined) {
    throw new MeasurementError('LOAD_FAILED', `wrk gave no report: ${text}`)
  }
  const [, failed = '0'] = /Non-2xx or 3xx responses:\s+(\d+)/.exec(text) ?? []
  return {
    requests: Number(requests),
    rate: Number(rate),
    p50Ms: latencyMs(text, '50%'),
    p99Ms: latencyMs(text, '99%'),
    failed: Number(failed),
  }
}

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 }

function latencyMs(text: string, which: string): number {
  const [, value, unit = ''] = new RegExp(`${which}\\s+([\\d.]+)(us|ms|s|m)\\b`).exec(text) ?? []
  return Number(value) * (unitMs[unit] ?? Number.NaN)
}
