import type { Clock } from '@knative-ts/clock'
import type { Colors } from './colors.ts'

export interface Progress {
  step(text: string): void
  done(text: string): void
}

/** Says what is going on: one changing line on a terminal, one line per step otherwise. */
export function progressLine(out: NodeJS.WriteStream, colors: Colors, clock: Clock): Progress {
  const startedMs = clock.monotonic()
  let current = ''
  const seconds = () => `${((clock.monotonic() - startedMs) / 1000).toFixed(1)} s`
  return {
    step(text) {
      if (text === current) return
      current = text
      const line = `${colors.dim(`[${seconds()}]`)} ${text}`
      out.write(out.isTTY ? `\r\x1b[K${line}` : `${line}\n`)
    },
    done(text) {
      const line = `${colors.green('✓')} ${text} ${colors.dim(`after ${seconds()}`)}`
      out.write(out.isTTY ? `\r\x1b[K${line}\n\n` : `${line}\n`)
    },
  }
}
