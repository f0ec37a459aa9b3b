/** Who may import whom. */
import { builtinModules } from 'node:module'
import { lineAt, packageOf, resolveFrom, type SourceFile, type WorkspacePackage } from './workspace.ts'

const ownScope = '@knative-ts/'
/** Installed at the root for every package's tests. */
const testTools = new Set(['@jest/globals', 'fast-check', 'jest'])

/** One import or re-export. */
export interface Import {
  readonly specifier: string
  /** Gone once types are stripped. */
  readonly typeOnly: boolean
  readonly line: number
}

const statement =
  /^[ \t]*(import|export)(\s+type)?\b(?:[^'"`;=()]*?\bfrom)?\s*'([^'\n]+)'|\bimport\(\s*'([^'\n]+)'\s*\)/gm

/** The modules that a source names. */
export function importsOf(text: string): Import[] {
  return [...text.matchAll(statement)].map((match) => ({
    specifier: match[3] ?? match[4] ?? '',
    typeOnly: match[2] !== undefined || onlyTypes(match[0]),
    line: lineAt(text, match.index + match[0].search(/\S/)),
  }))
}

function onlyTypes(text: string): boolean {
  const names = /^\s*(?:import|export)\s*\{([^}]*)\}/.exec(text)?.[1]?.split(',')
  return names?.every((name) => /^\s*(type\s.*)?$/s.test(name)) ?? false
}

/** Everything in a file's imports that breaks a rule, each as `path:line what`. */
export function importViolations(file: SourceFile, packages: readonly WorkspacePackage[]): string[] {
  const home = packageOf(file.path, packages)
  if (!home) return []
  return importsOf(file.text).flatMap((found) => {
    const problem = problemOf(found, file, home, packages)
    return problem === undefined ? [] : [`${file.path}:${found.line} ${problem}`]
  })
}

function problemOf(
  { specifier, typeOnly }: Import,
  { path }: SourceFile,
  home: WorkspacePackage,
  packages: readonly WorkspacePackage[],
): string | undefined {
  if (specifier.startsWith('.')) {
    const target = resolveFrom(path, specifier)
    if (!target.startsWith(`${home.folder}/`)) return `reaches out of its package: ${specifier}`
    return /\.[cm]?[jt]s(on)?$/.test(target) ? undefined : `names no file extension: ${specifier}`
  }
  if (specifier.startsWith('node:')) return undefined
  if (builtinModules.includes(specifier)) return `needs the prefix node: ${specifier}`

  const name = packageName(specifier)
  const target = packages.find((candidate) => candidate.name === name)
  if (specifier.startsWith(ownScope) && !target) return `names no package of this workspace: ${specifier}`
  if (target && target.role !== 'library') return `imports a ${target.role}: ${specifier}`
  const subpath = `.${specifier.slice(name.length)}`
  if (target && !(subpath in (target.manifest.exports ?? {}))) return `is not exported: ${specifier}`
  if (target === home) return undefined

  const { dependencies = {}, devDependencies = {} } = home.manifest
  if (name in dependencies) return undefined
  const forTests = isTestCode(path)
  if (forTests && testTools.has(name)) return undefined
  if (!(name in devDependencies)) return `is not declared in ${home.folder}/package.json: ${name}`
  return forTests || typeOnly ? undefined : `is needed at run time but declared in devDependencies: ${name}`
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function isTestCode(path: string): boolean {
  return path.endsWith('.test.ts') || path.includes('/testing/') || path.startsWith('e2e/')
}

/** A chain of libraries that depend on each other in a circle, undefined if there is none. */
export function dependencyCycle(packages: readonly WorkspacePackage[]): string[] | undefined {
  const settled = new Set<string>()
  const visit = (current: WorkspacePackage, chain: readonly string[]): string[] | undefined => {
    if (chain.includes(current.name)) return [...chain.slice(chain.indexOf(current.name)), current.name]
    if (settled.has(current.name)) return undefined
    for (const next of packages) {
      if (!(next.name in (current.manifest.dependencies ?? {}))) continue
      const cycle = visit(next, [...chain, current.name])
      if (cycle) return cycle
    }
    settled.add(current.name)
    return undefined
  }
  for (const start of packages) {
    const cycle = visit(start, [])
    if (cycle) return cycle
  }
  return undefined
}
