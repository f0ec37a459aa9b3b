/**
 * Writes what is derived from sources: the CRDs of the chart from `@knative-ts/apis`, then `deploy/` from
 * the chart. `npm run render` after changing either. Needs `helm` on the PATH, or its path in HELM.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { makeCustomResourceDefinitions } from '@knative-ts/apis/crds'
import { stringify } from 'yaml'

/** Replaced with the chart's appVersion when the chart is rendered. */
const versionPlaceholder = '{{version}}'

export interface RenderTarget {
  /** File below `deploy/`. */
  file: string
  valuesFiles: string[]
  set: string[]
}

export const renderTargets: RenderTarget[] = [
  { file: 'knative-ts.yaml', valuesFiles: [], set: ['createNamespaces=true'] },
  { file: 'local/knative-ts.yaml', valuesFiles: ['charts/knative-ts/values-local.yaml'], set: [] },
]

/** The chart's CRD files by name. */
export function crdFiles(): Map<string, string> {
  const files = new Map<string, string>()
  for (const definition of makeCustomResourceDefinitions(versionPlaceholder)) {
    files.set(
      `${definition.metadata.name}.yaml`,
      stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false }),
    )
  }
  return files
}

/** Renders one target with helm. */
export function render(target: RenderTarget, helm = helmProgram()): string {
  const args = ['template', 'knative-ts', 'charts/knative-ts', '--namespace', 'knative-serving']
  args.push('--kube-version', '1.34.0')
  for (const file of target.valuesFiles) args.push('--values', file)
  for (const value of target.set) args.push('--set', value)
  return execFileSync(helm, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
}

function helmProgram(): string {
  const { HELM = 'helm' } = process.env
  return HELM
}

if (import.meta.main) {
  const folder = 'charts/knative-ts/files/crds'
  const files = crdFiles()
  mkdirSync(folder, { recursive: true })
  for (const stale of readdirSync(folder)) if (!files.has(stale)) rmSync(`${folder}/${stale}`)
  for (const [name, content] of files) writeFileSync(`${folder}/${name}`, content)
  for (const target of renderTargets) {
    mkdirSync(`deploy/${target.file}`.replace(/\/[^/]+$/, ''), { recursive: true })
    writeFileSync(`deploy/${target.file}`, render(target))
  }
}
