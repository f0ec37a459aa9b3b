/** What the repository's rules are checked against: its packages, sources and documents. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** The repository's folder. */
export const root = resolve(import.meta.dirname, '..')

const generated = new Set([
  'node_modules',
  'dist',
  'gen',
  'testdata',
  'coverage',
  '.git',
  '.turbo',
  '.knative-ts',
])

/** A file of the repository, read once. */
export interface SourceFile {
  /** Relative to the root, with slashes. */
  readonly path: string
  readonly text: string
}

/** Libraries are imported, deployables and test suites are run. */
export type PackageRole = 'library' | 'deployable' | 'suite'

export interface WorkspacePackage {
  /** Relative to the root: `packages/activator`, `packages/lib/kube`. */
  readonly folder: string
  readonly name: string
  readonly role: PackageRole
  readonly manifest: Manifest
}

export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly type?: string
  readonly exports?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** Files below the root that match, without what is installed or generated, in order of their paths. */
export function filesMatching(...patterns: string[]): SourceFile[] {
  return globSync(patterns, { cwd: root, withFileTypes: true, exclude: ({ name }) => generated.has(name) })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => slashed(relative(root, join(parentPath, name))))
    .sort()
    .map((path) => ({ path, text: readFileSync(resolve(root, path), 'utf8') }))
}

/** TypeScript written by hand. */
export function sourceFiles(): SourceFile[] {
  return filesMatching('packages/**/*.ts', 'scripts/**/*.ts', 'e2e/**/*.ts', 'deploy/**/*.ts')
}

/** Every package of the workspace. */
export function workspacePackages(): WorkspacePackage[] {
  return filesMatching('packages/*/package.json', 'packages/lib/*/package.json', 'e2e/package.json').map(
    ({ path, text }) => {
      const manifest = JSON.parse(text) as Manifest
      const folder = dirname(path)
      return { folder, name: manifest.name, role: roleOf(folder), manifest }
    },
  )
}

function roleOf(folder: string): PackageRole {
  if (folder.startsWith('packages/lib/')) return 'library'
  return folder.startsWith('packages/') ? 'deployable' : 'suite'
}

/** The package that a file belongs to, undefined outside of all. */
export function packageOf(path: string, packages: readonly WorkspacePackage[]): WorkspacePackage | undefined {
  return packages.find(({ folder }) => path.startsWith(`${folder}/`))
}

/** Whether a file exists, by its path relative to the root. */
export function exists(path: string): boolean {
  return existsSync(resolve(root, path))
}

/** The path that `target`, named in `path`, stands for, relative to the root. */
export function resolveFrom(path: string, target: string): string {
  return relative(root, resolve(root, dirname(path), target))
    .split(sep)
    .join('/')
}

/** Number of the line at an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

function slashed(path: string): string {
  return path.split(sep).join('/')
}
