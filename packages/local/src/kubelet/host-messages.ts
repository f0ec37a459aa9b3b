import type { ProcessExit, ProcessSpec } from './container-process.ts'

/** What a kubelet tells its process host; `id` is the kubelet's name for a process. */
export type HostOrder =
  | { kind: 'start'; id: number; spec: ProcessSpec; logFile: string }
  | { kind: 'signal'; id: number; signal: NodeJS.Signals }

/** What a process host tells its kubelet. */
export type HostNote =
  | { kind: 'started'; id: number; pid: number }
  | { kind: 'ended'; id: number; exit: ProcessExit }
