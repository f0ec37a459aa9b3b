/** Links between the repository's documents. */
import { lineAt, resolveFrom, type SourceFile } from './workspace.ts'

const link = /(?<!`)\[[^\]\n]*\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g
const elsewhere = /^[a-z][a-z+.-]*:/i

export interface DocumentLink {
  /** Path relative to the root; that of the document itself for a bare `#heading`. */
  readonly target: string
  /** Heading's anchor without `#`, empty if none is named. */
  readonly anchor: string
  readonly line: number
}

/** The links of a document to files of the repository. Code blocks don't count. */
export function linksOf({ path, text }: SourceFile): DocumentLink[] {
  const prose = withoutCodeBlocks(text)
  return [...prose.matchAll(link)].flatMap((match) => {
    const [file = '', anchor = ''] = (match[1] ?? '').split('#')
    if (elsewhere.test(file)) return []
    return [
      { target: file === '' ? path : resolveFrom(path, file), anchor, line: lineAt(prose, match.index) },
    ]
  })
}

/** Anchors that GitHub gives to a document's headings. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of withoutCodeBlocks(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const base = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    let anchor = base
    for (let n = 1; anchors.has(anchor); n++) anchor = `${base}-${n}`
    anchors.add(anchor)
  }
  return anchors
}

/** Blanks code blocks and keeps line numbers. */
function withoutCodeBlocks(text: string): string {
  return text.replace(/^(```|~~~)[\s\S]*?^\1/gm, (block) => block.replace(/[^\n]/g, ''))
}
