/**
 * Writes what is derived from sources: the CRDs of the chart from `@knative-ts/apis`, the checksums of its examples,
 * then `deploy/` from the chart. `npm run render` after changing either. Needs `helm` on the PATH, or its path in HELM.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { makeCustomResourceDefinitions } from '@knative-ts/apis/crds'
import { stringify } from 'yaml'
import { checksumFile, exampleFolder } from './config-examples.ts'
import { filesMatching } from './workspace.ts'

/** Replaced with the chart's appVersion when the chart is rendered. */
const versionPlaceholder = '{{version}}'

export interface RenderTarget {
  /** File below `deploy/`. */
  file: string
  valuesFiles: string[]
  set: string[]
  /** Which of the chart's templates belong to it, by their paths below `templates/`. */
  holds: (template: string) => boolean
}

const isHook = (template: string) => template.startsWith('hooks/') || template.startsWith('tests/')
const isKourier = (template: string) => template.startsWith('kourier-')
const isCRD = (template: string) => template === 'crds.yaml'
const isMigration = (template: string) => template === 'hooks/storage-version-migration.yaml'
const isCleanup = (template: string) => template === 'hooks/cleanup.yaml'
/** Objects of kinds that the CRDs define: what defines and uses a kind at once cannot be applied in one go. */
const isSystemObject = (template: string) => template === 'system-objects.yaml'
const registersWebhooks = (template: string) => template === 'webhook-configurations.yaml'

const plain = { valuesFiles: [], set: ['createNamespaces=true'] }
const jobs = { valuesFiles: [], set: ['jobs.generateNames=true', 'jobs.defaultDomain.enabled=true'] }

export const renderTargets: RenderTarget[] = [
  { file: 'knative-ts.yaml', ...plain, holds: (template) => !isHook(template) && !isSystemObject(template) },
  { file: 'serving-crds.yaml', ...plain, holds: isCRD },
  {
    file: 'serving-core.yaml',
    valuesFiles: [],
    set: ['createNamespaces=true', 'kourier.enabled=false'],
    holds: (template) => !isHook(template),
  },
  {
    file: 'serving-hpa.yaml',
    valuesFiles: [],
    set: ['autoscalerHpa.enabled=true'],
    holds: (template) => template === 'autoscaler-hpa.yaml',
  },
  {
    file: 'kourier.yaml',
    valuesFiles: [],
    set: [],
    holds: (template) => isKourier(template) || template === 'namespaces.yaml',
  },
  {
    file: 'serving-post-install-jobs.yaml',
    ...jobs,
    holds: (template) => isMigration(template) || isCleanup(template),
  },
  { file: 'serving-storage-version-migration.yaml', ...jobs, holds: isMigration },
  { file: 'serving-default-domain.yaml', ...jobs, holds: (template) => template === 'default-domain.yaml' },
  {
    file: 'local/knative-ts.yaml',
    valuesFiles: ['charts/knative-ts/values-local.yaml'],
    set: [],
    holds: (template) => !isHook(template),
  },
]

/** The chart's CRD files by name. */
export function crdFiles(): Map<string, string> {
  const files = new Map<string, string>()
  for (const definition of makeCustomResourceDefinitions(versionPlaceholder)) {
    // Services outlive an uninstall, which would otherwise delete their kinds.
    definition.metadata.annotations = {
      ...definition.metadata.annotations,
      'helm.sh/resource-policy': 'keep',
    }
    files.set(
      `${definition.metadata.name}.yaml`,
      stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false }),
    )
  }
  return files
}

/** The examples of ConfigMaps by name, without `config-`. */
export function configExamples(): Map<string, string> {
  return new Map(
    filesMatching(`${exampleFolder}/*.yaml`).map(({ path, text }) => [basename(path, '.yaml'), text]),
  )
}

/** Renders one target with helm. */
export function render(target: RenderTarget, helm = helmProgram()): string {
  const args = ['template', 'knative-ts', 'charts/knative-ts', '--namespace', 'knative-serving']
  args.push('--kube-version', '1.34.0')
  for (const file of target.valuesFiles) args.push('--values', file)
  for (const value of target.set) args.push('--set', value)
  return assemble(execFileSync(helm, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }), target.holds)
}

const hookWeight = /^ +helm\.sh\/hook-weight: "(-?\d+)"$/m
const source = /^# Source: [^/]+\/templates\/(.+)\n/m

/**
 * The documents of `helm template` that belong to a target, without what only helm reads. Hooks come in the order in
 * which helm runs them. Webhooks are registered last: from then on objects of their kinds wait for the webhook to run.
 */
export function assemble(rendered: string, holds: (template: string) => boolean): string {
  const documents = rendered
    .split(/^---\n/m)
    .map((text) => ({
      template: source.exec(text)?.[1] ?? '',
      weight: Number(hookWeight.exec(text)?.[1] ?? 0),
      text,
    }))
    .filter(({ template }) => template !== '' && holds(template))
    .sort((one, other) => one.weight - other.weight)
  const [last, first] = [true, false].map((wanted) =>
    documents.filter(({ template }) => registersWebhooks(template) === wanted),
  )
  return [...(first ?? []), ...(last ?? [])].map(({ text }) => `---\n${withoutHelm(text)}`).join('')
}

function withoutHelm(text: string): string {
  return text.replace(/^ +helm\.sh\/.*\n/gm, '').replace(/^ {2}annotations:\n(?! {4})/gm, '')
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
  writeFileSync(`${exampleFolder}/checksums.json`, checksumFile(configExamples()))
  for (const target of renderTargets) {
    mkdirSync(`deploy/${target.file}`.replace(/\/[^/]+$/, ''), { recursive: true })
    writeFileSync(`deploy/${target.file}`, render(target))
  }
}
