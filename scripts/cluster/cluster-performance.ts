/**
 * `npm run e2e:performance:cluster`: builds all images, starts a cluster if it is not up, installs the chart, and measures it. What
 * follows `--` goes to the measurement; `--keep-images` and `--down` are ours.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../workspace.ts'
import { ClusterTools } from './cluster-tools.ts'
import { digestOfImages, installation, loadComponents } from './installation.ts'

const tinyServer = 'dev.local/tiny-server:1'

function main(): void {
  const args = process.argv.slice(2)
  const own = new Set(['--keep-images', '--down'])
  const { CLUSTER_TOOLS = '../shared/cluster' } = process.env
  const cluster = new ClusterTools(CLUSTER_TOOLS)
  const tag = `performance-${digestOfImages()}`
  cluster.up()
  if (!args.includes('--keep-images')) {
    loadComponents(cluster, tag)
    loadTinyServer(cluster)
  }
  cluster.enter('helm', ...installation(tag))
  const options = ['--image', tinyServer, ...args.filter((arg) => !own.has(arg))]
  cluster.enter('npm', 'run', 'e2e:performance', '--', ...options)
  if (args.includes('--down')) cluster.down()
}

/** A static program alone in its image. */
function loadTinyServer(cluster: ClusterTools): void {
  const work = mkdtempSync(join(tmpdir(), 'tiny-server-'))
  try {
    cpSync(join(root, 'e2e/performance/cluster/tiny-server'), join(work, 'src'), { recursive: true })
    execFileSync(
      'go',
      ['build', '-trimpath', '-ldflags', '-s -w', '-o', join(work, 'image/tiny-server'), '.'],
      {
        cwd: join(work, 'src'),
        env: { ...process.env, CGO_ENABLED: '0' },
        stdio: 'inherit',
      },
    )
    cluster.packImage(tinyServer, join(work, 'image'), '/tiny-server', '65532')
  } finally {
    rmSync(work, { recursive: true })
  }
}

try {
  main()
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`)
  process.exitCode = 1
}
