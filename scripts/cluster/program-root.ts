import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A program of this machine and where it belongs in a root file system. */
export interface Program {
  readonly from: string
  readonly to: string
}

/** Files that the dynamic linker would load for a program, from what `ldd` prints. */
export function librariesIn(ldd: string): string[] {
  return [...new Set([...ldd.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map(([, path]) => path ?? ''))].sort()
}

/** Fills `folder` with programs, the libraries that they need, and a `/tmp` for everyone. */
export function fillRoot(folder: string, programs: readonly Program[]): void {
  for (const { from, to } of programs) {
    copy(from, join(folder, to))
    const { stdout } = spawnSync('ldd', [from], { encoding: 'utf8' })
    for (const library of librariesIn(stdout ?? '')) copy(library, join(folder, library))
  }
  mkdirSync(join(folder, 'tmp'), { recursive: true })
  chmodSync(join(folder, 'tmp'), 0o1777)
}

function copy(from: string, to: string): void {
  if (existsSync(to)) return
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}
