/**
 * `npm run e2e:cluster`: builds all images, starts a cluster if it is not up, installs the chart, and runs the e2e suite
 * in it. What follows `--` goes to the suite; `--keep-images` and `--down` are ours.
 */
import { testImages } from '../images/image-sources.ts'
import { ClusterTools } from './cluster-tools.ts'
import { digestOfImages, installation, loadComponents } from './installation.ts'

/** Of the test images: one that is asked for digests, unlike `dev.local`. */
const testRegistry = 'registry.local:5000'

function main(): void {
  const args = process.argv.slice(2)
  const own = new Set(['--keep-images', '--down'])
  const suite = args.filter((arg) => !own.has(arg))
  const { CLUSTER_TOOLS = '../shared/cluster' } = process.env
  const cluster = new ClusterTools(CLUSTER_TOOLS)
  const tag = `e2e-${digestOfImages()}`
  cluster.up()
  if (!args.includes('--keep-images')) loadImages(cluster, tag)
  cluster.enter('helm', ...installation(tag), '--values', 'e2e/values.yaml')
  cluster.enter('npm', 'run', 'e2e', '--', '--image-repo', testRegistry, '--image-tag', tag, ...suite)
  if (args.includes('--down')) cluster.down()
}

function loadImages(cluster: ClusterTools, tag: string): void {
  loadComponents(cluster, tag)
  for (const { name, context, dockerfile } of testImages()) {
    const image = `${testRegistry}/${name}:${tag}`
    cluster.buildImage(image, context, dockerfile)
    cluster.pushImage(image)
  }
}

try {
  main()
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`)
  process.exitCode = 1
}
