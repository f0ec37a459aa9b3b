/**
 * `npm run e2e:cluster`: builds all images, starts a cluster if it is not up, installs the chart, and runs the e2e suite
 * in it. What follows `--` goes to the suite; `--keep-images` and `--down` are ours.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { componentImages, testImages } from '../images/image-sources.ts'
import { filesMatching, root } from '../workspace.ts'
import { ClusterTools } from './cluster-tools.ts'
import { fillRoot } from './program-root.ts'

const registry = 'dev.local/knative-ts'
const testRegistry = 'dev.local'
const gatewayName = 'envoy'

function main(): void {
  const args = process.argv.slice(2)
  const own = new Set(['--keep-images', '--down'])
  const suite = args.filter((arg) => !own.has(arg))
  const { CLUSTER_TOOLS = '../shared/cluster' } = process.env
  const cluster = new ClusterTools(CLUSTER_TOOLS)
  const tag = `e2e-${digestOfImages()}`
  cluster.up()
  if (!args.includes('--keep-images')) loadImages(cluster, tag)
  cluster.enter('helm', ...installation(tag))
  cluster.enter('npm', 'run', 'e2e', '--', '--image-repo', testRegistry, '--image-tag', tag, ...suite)
  if (args.includes('--down')) cluster.down()
}

function loadImages(cluster: ClusterTools, tag: string): void {
  for (const { name, context, dockerfile } of componentImages()) {
    cluster.buildImage(`${registry}/${name}:${tag}`, context, dockerfile)
  }
  for (const { name, context, dockerfile } of testImages()) {
    cluster.buildImage(`${testRegistry}/${name}:${tag}`, context, dockerfile)
  }
  loadGateway(cluster, `${registry}/${gatewayName}:${tag}`)
}

/** The gateway's image, from the Envoy that local mode runs and what its preStop hook calls. */
function loadGateway(cluster: ClusterTools, name: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'))
  try {
    fillRoot(folder, [
      { from: envoyBinary(), to: '/usr/local/bin/envoy' },
      { from: '/bin/sh', to: '/bin/sh' },
      { from: '/usr/bin/curl', to: '/usr/bin/curl' },
      { from: '/usr/bin/sleep', to: '/usr/bin/sleep' },
    ])
    cluster.packImage(name, folder, '/usr/local/bin/envoy', '65534')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Of all that goes into images, so that what changed is rolled out and nothing else is. */
function digestOfImages(): string {
  const digest = createHash('sha256')
  for (const { path, text } of filesMatching('deploy/images/*.Dockerfile', 'e2e/images/*/*')) {
    digest.update(path).update(text)
  }
  for (const { name } of componentImages()) {
    digest.update(readFileSync(join(root, `packages/${name}/dist/${name}.mjs`)))
  }
  return digest.digest('hex').slice(0, 12)
}

function envoyBinary(): string {
  const program = join(root, 'packages/local/dist/local.mjs')
  return execFileSync(process.execPath, [program, 'envoy'], { encoding: 'utf8' }).trim()
}

function installation(tag: string): string[] {
  const values = {
    'image.registry': registry,
    'image.tag': tag,
    domain: 'example.com',
    'kourier.gateway.image': `${registry}/${gatewayName}:${tag}`,
    'kourier.gateway.service.type': 'NodePort',
  }
  return [
    ...['upgrade', 'knative-ts', 'charts/knative-ts', '--install', '--namespace', 'knative-serving'],
    ...['--create-namespace', '--wait', '--timeout', '2m'],
    ...Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ]
}

try {
  main()
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`)
  process.exitCode = 1
}
