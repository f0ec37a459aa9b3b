import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { root } from '../workspace.ts'

/**
 * A real single-node Kubernetes that a folder of scripts starts: `up`, `enter CMD…`, `image NAME DIR`,
 * `build-image NAME CONTEXT -f FILE` and `down`.
 */
export class ClusterTools {
  readonly #folder: string

  /**
   * @param folder where the scripts are
   * @throws Error when they are not there
   */
  constructor(folder: string) {
    this.#folder = resolve(root, folder)
    if (!existsSync(join(this.#folder, 'up'))) {
      throw new Error(
        `no cluster scripts in ${this.#folder}: name their folder in CLUSTER_TOOLS, or install the chart into a cluster of yours and run "npm run e2e"`,
      )
    }
  }

  /** Installs and builds what a cluster is made of, which takes long on a machine that never had one. */
  build(): void {
    this.#run('build')
  }

  up(): void {
    this.#run('up')
  }

  down(): void {
    this.#run('down')
  }

  /** Builds a Dockerfile and loads the image into the cluster. */
  buildImage(name: string, context: string, dockerfile: string): void {
    this.#run('build-image', name, context, '-f', dockerfile)
  }

  /** Pushes a built image to the registry in its name, which is one inside the cluster's network and speaks plain HTTP. */
  pushImage(name: string): void {
    const buildah = ['buildah', '--storage-driver', 'vfs', 'push', '--quiet', '--tls-verify=false']
    this.enter(...buildah, name, `docker://${name}`)
  }

  /** Packs a folder as an image and loads it. */
  packImage(name: string, folder: string, entrypoint: string, user: string): void {
    this.#run('image', name, folder, '--entrypoint', entrypoint, '--user', user)
  }

  /** Runs a command inside the cluster's network, with its KUBECONFIG. */
  enter(...command: string[]): void {
    this.#run('enter', ...command)
  }

  /** What a command prints inside the cluster's network. */
  read(...command: string[]): string {
    const options = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 } as const
    const stdio = ['ignore', 'pipe', 'inherit'] as const
    const path = join(this.#folder, 'enter')
    const { status, error, stdout } = spawnSync(path, command, { ...options, stdio: [...stdio] })
    if (status !== 0) throw new Error(`${command.join(' ')} failed`, { cause: error })
    return stdout
  }

  #run(script: string, ...args: string[]): void {
    const { status, error } = spawnSync(join(this.#folder, script), args, { cwd: root, stdio: 'inherit' })
    if (status !== 0) throw new Error(`${[script, ...args].join(' ')} failed`, { cause: error })
  }
}
