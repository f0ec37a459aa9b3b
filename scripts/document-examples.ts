/** TypeScript that stands in documents. */
import { lineAt, type SourceFile } from './workspace.ts'

const block = /^```ts\n([\s\S]*?)^```/gm

/** The `ts` blocks of a document, each as a module whose lines have the numbers that they have in the document. */
export function examplesOf({ path, text }: SourceFile): SourceFile[] {
  return [...text.matchAll(block)].map((match) => {
    const line = lineAt(text, match.index)
    return { path: `${path}:${line}`, text: `${'\n'.repeat(line)}${match[1]}export {}\n` }
  })
}
