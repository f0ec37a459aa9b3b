import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** The part of Jest's results that a report needs. */
export interface FileResult {
  testFilePath: string
  testResults: readonly AssertionResult[]
  /** Set when the file as a whole could not run. */
  failureMessage?: string | null | undefined
}

export interface AssertionResult {
  ancestorTitles: readonly string[]
  title: string
  status: string
  /** Milliseconds. */
  duration?: number | null | undefined
  failureMessages: readonly string[]
}

/** A JUnit report of these results, with paths relative to `root`. */
export function junitReport(files: readonly FileResult[], root: string): string {
  const suites = files.map((file) => suite(file, root))
  const sum = (key: 'tests' | 'failures' | 'skipped') => suites.reduce((total, each) => total + each[key], 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="e2e" tests="${sum('tests')}" failures="${sum('failures')}" skipped="${sum('skipped')}">`,
    ...suites.map(({ xml }) => xml),
    '</testsuites>',
    '',
  ].join('\n')
}

function suite(file: FileResult, root: string) {
  const name = relative(root, file.testFilePath)
  const broken = file.testResults.length === 0 && file.failureMessage
  const results: readonly AssertionResult[] = broken
    ? [{ ancestorTitles: [], title: 'loads', status: 'failed', failureMessages: [file.failureMessage ?? ''] }]
    : file.testResults
  const count = (status: string) => results.filter((result) => result.status === status).length
  const numbers = { tests: results.length, failures: count('failed'), skipped: count('pending') }
  const attributes = Object.entries(numbers).map(([key, value]) => `${key}="${value}"`)
  const xml = [
    `  <testsuite name="${escaped(name)}" ${attributes.join(' ')}>`,
    ...results.map((result) => testCase(name, result)),
    '  </testsuite>',
  ].join('\n')
  return { ...numbers, xml }
}

function testCase(file: string, result: AssertionResult): string {
  const name = escaped([...result.ancestorTitles, result.title].join(' › '))
  const seconds = ((result.duration ?? 0) / 1000).toFixed(3)
  const open = `    <testcase classname="${escaped(file)}" name="${name}" time="${seconds}"`
  if (result.status === 'pending') return `${open}><skipped/></testcase>`
  if (result.status !== 'failed') return `${open}/>`
  const message = escaped(plain(result.failureMessages.join('\n')))
  return `${open}><failure>${message}</failure></testcase>`
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? character)
}

/** Without terminal colours and other control characters, which XML cannot hold. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, '')
}
