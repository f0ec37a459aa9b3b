/** Rules that one source file keeps or breaks by itself. */
import { lineAt, type SourceFile } from './workspace.ts'

/** What may break a rule, by path, and why. */
export type Exceptions = Readonly<Record<string, string>>

/** A file beyond this is asked what it is made of. */
export const mostLines = 400

/** Direct uses of time: a method of that name, as in `socket.setTimeout`, is none. */
const time =
  /(?<![.\w])(?:Date\.now|performance\.now|process\.hrtime(?:\.bigint)?|setTimeout|setInterval)\(|\bnew Date\(\)|'(?:node:)?timers(?:\/promises)?'/g

/** Places that read or wait for time without a clock, each as `path:line what`. */
export function timeUses({ path, text }: SourceFile): string[] {
  return [...text.matchAll(time)].map((match) => `${path}:${lineAt(text, match.index)} ${match[0]}`)
}

const promises = /\b(?:TODO|FIXME|XXX|HACK)\b/g

/** Notes of work left undone, each as `path:line what`. */
export function openNotes({ path, text }: SourceFile): string[] {
  return [...text.matchAll(promises)].map((match) => `${path}:${lineAt(text, match.index)} ${match[0]}`)
}

/** How many lines a file has. */
export function lineCount({ text }: SourceFile): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}

/** Tells which exceptions are no longer needed: those whose file breaks nothing, or is gone. */
export function staleExceptions(
  exceptions: Exceptions,
  files: readonly SourceFile[],
  breaks: (file: SourceFile) => boolean,
): string[] {
  return Object.keys(exceptions).filter((path) => !files.some((file) => file.path === path && breaks(file)))
}
