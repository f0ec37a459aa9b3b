import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { LocalError } from '../errors.ts'

/**
 * Makes sure that one process at a time uses a state folder. Call what it returns to let go.
 * @throws LocalError STATE_IN_USE or STATE_BROKEN
 */
export function lockState(dataDir: string): () => void {
  const file = join(dataDir, 'lock')
  try {
    mkdirSync(dataDir, { recursive: true })
  } catch (error) {
    throw new LocalError(
      'STATE_BROKEN',
      `cannot use the state folder ${dataDir}: ${(error as Error).message}; choose another with --data`,
      error,
    )
  }
  const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  if (holder > 0 && holder !== process.pid && isLocalProcess(holder)) {
    throw new LocalError(
      'STATE_IN_USE',
      `${dataDir} is in use by process ${holder}; stop it with Ctrl-C or "kill ${holder}", or choose another folder with --data`,
    )
  }
  const descriptor = openSync(file, 'w')
  writeSync(descriptor, String(process.pid))
  closeSync(descriptor)
  return () => rmSync(file, { force: true })
}

function isLocalProcess(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('local.mjs')
  } catch {
    return false
  }
}
