/** The chart, as helm sees it. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { root } from './workspace.ts'

/** A manifest's object, as far as the repository's checks look at it. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name?: string
    readonly generateName?: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

export interface HelmResult {
  readonly objects: readonly Manifest[]
  /** What helm says against the values; empty if nothing. */
  readonly error: string
}

/** The helm program: the one in HELM, else the one on the PATH, undefined if there is none. */
export function findHelm(): string | undefined {
  const { HELM: named, PATH = '' } = process.env
  if (named) return named
  return PATH.split(delimiter)
    .map((folder) => join(folder, 'helm'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/** Renders the chart, but for its definitions, with values on top of its own. */
export function renderChart(helm: string, values: unknown): HelmResult {
  const args = ['template', 'knative-ts', 'charts/knative-ts', '--namespace', 'knative-serving']
  const { status, stdout, stderr } = spawnSync(helm, [...args, '--kube-version', '1.34.0', '--values', '-'], {
    cwd: root,
    input: JSON.stringify(values),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0) return { objects: [], error: stderr }
  // Definitions are most of the text and don't depend on values.
  const documents = stdout.split(/^---\n/m).filter((text) => !/^# Source: .*\/crds\.yaml$/m.test(text))
  return { objects: objectsIn(documents.join('---\n')), error: '' }
}

/** What helm finds to complain about in the chart; empty if nothing. */
export function lintChart(helm: string): string {
  const { status, stdout, stderr } = spawnSync(helm, ['lint', '--strict', 'charts/knative-ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  return status === 0 ? '' : stdout + stderr
}

/** The objects of a file of manifests. */
export function objectsIn(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null)
}
