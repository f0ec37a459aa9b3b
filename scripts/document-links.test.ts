import { describe, expect, test } from '@jest/globals'
import { anchorsOf, linksOf } from './document-links.ts'
import { exists, filesMatching } from './workspace.ts'

const documents = filesMatching(
  '*.md',
  '{docs,packages,charts,deploy,samples,e2e}/**/*.md',
  '.changeset/*.md',
)

describe('links', () => {
  test('are found with their lines, outside of code and of other sites', () => {
    const text =
      'see [a](b.md#c)\n```\n[no](x.md)\n```\n[out](https://knative.dev) [up](../README.md "t") [d](#e)'
    expect(linksOf({ path: 'docs/a.md', text })).toEqual([
      { target: 'docs/b.md', anchor: 'c', line: 1 },
      { target: 'README.md', anchor: '', line: 5 },
      { target: 'docs/a.md', anchor: 'e', line: 5 },
    ])
  })

  test('name headings as GitHub does', () => {
    expect([...anchorsOf('# Why `x`?\n## Two  words\n## Same\n## Same\n```\n# not\n```')]).toEqual([
      'why-x',
      'two--words',
      'same',
      'same-1',
    ])
  })
})

describe('the documents', () => {
  test('are found', () => {
    expect(documents.map(({ path }) => path)).toContain('README.md')
  })

  test('link to what exists', () => {
    const texts = new Map(documents.map(({ path, text }) => [path, text]))
    const broken = documents.flatMap((document) =>
      linksOf(document)
        .filter(({ target, anchor }) => {
          if (target !== '' && !exists(target)) return true
          const text = texts.get(target)
          return anchor !== '' && text !== undefined && !anchorsOf(text).has(anchor)
        })
        .map(({ target, anchor, line }) => `${document.path}:${line} ${target}${anchor && `#${anchor}`}`),
    )
    expect(broken).toEqual([])
  })
})
