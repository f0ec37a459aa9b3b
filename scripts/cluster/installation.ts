/** What a cluster of `ClusterTools` needs to run the chart: images of its own, and values that name them. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { componentImages } from '../images/image-sources.ts'
import { filesMatching, root } from '../workspace.ts'
import type { ClusterTools } from './cluster-tools.ts'
import { fillRoot } from './program-root.ts'

const registry = 'dev.local/knative-ts'
const gatewayName = 'envoy'

/** Builds the images of all components and of the gateway and loads them. */
export function loadComponents(cluster: ClusterTools, tag: string): void {
  for (const { name, context, dockerfile } of componentImages()) {
    cluster.buildImage(`${registry}/${name}:${tag}`, context, dockerfile)
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
export function digestOfImages(): string {
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

/** Arguments of `helm` that install the chart, or upgrade it, with the images of a tag. */
export function installation(tag: string, more: Readonly<Record<string, string>> = {}): string[] {
  const values = {
    'image.registry': registry,
    'image.tag': tag,
    domain: 'example.com',
    'kourier.gateway.image': `${registry}/${gatewayName}:${tag}`,
    'kourier.gateway.service.type': 'NodePort',
    ...more,
  }
  return [
    ...['upgrade', 'knative-ts', 'charts/knative-ts', '--install', '--namespace', 'knative-serving'],
    ...['--create-namespace', '--wait', '--timeout', '2m'],
    ...Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ]
}
