import type { Answer } from '../harness/gateway.ts'

/** What the image `runtime` answers. */
export interface RuntimeReport {
  request: {
    method: string
    path: string
    protocol: string
    host: string
    headers: Record<string, string>
    rawHeaders: string[]
  }
  container: {
    args: string[]
    cwd: string
    env: Record<string, string>
    uid: number
    gid: number
    pid: number
    stdin: string
    files: Record<string, FileReport>
  }
}

/** What a path leads to; `link` is where the path itself points. */
export interface FileReport {
  kind?: 'folder' | 'character device' | 'other'
  link?: string
  mode?: string
  writable?: boolean
  error?: string
}

/** @throws Error showing the answer when it is no report */
export function runtimeReport({ status, body }: Answer): RuntimeReport {
  if (status !== 200) throw new Error(`status ${status}: ${body}`)
  return JSON.parse(body) as RuntimeReport
}
