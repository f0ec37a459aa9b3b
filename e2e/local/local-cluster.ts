import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fromKubeconfig, HttpKubeClient } from '@knative-ts/kube'
import { parse } from 'yaml'

const root = resolve(import.meta.dirname, '../..')

/** A local cluster in a process of its own, as `npm start` runs it. */
export class LocalClusterProcess {
  readonly address: string
  readonly dataDir: string
  readonly #apiPort: number
  #child: ChildProcess | undefined
  #client: HttpKubeClient | undefined
  output = ''

  constructor(options: { address: string; apiPort: number; dataDir: string }) {
    this.address = options.address
    this.#apiPort = options.apiPort
    this.dataDir = options.dataDir
  }

  get origin(): string {
    return `http://${this.address}:8080`
  }

  get client(): HttpKubeClient {
    if (!this.#client) throw new Error('the cluster is not running')
    return this.#client
  }

  /** Starts it and resolves when it says that Knative is ready. */
  async start(...more: string[]): Promise<void> {
    const child = spawn(
      process.execPath,
      [
        join(root, 'packages/local/dist/local.mjs'),
        'start',
        ...['--data', this.dataDir, '--address', this.address, '--api-port', String(this.#apiPort)],
        ...more,
      ],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } },
    )
    this.#child = child
    this.output = ''
    await new Promise<void>((ready, failed) => {
      const read = (chunk: Buffer) => {
        this.output += chunk.toString()
        if (this.output.includes('Knative is ready')) ready()
      }
      child.stdout?.on('data', read)
      child.stderr?.on('data', read)
      child.once('exit', (code) => failed(new Error(`local mode ended with ${code}:\n${this.output}`)))
    })
    const kubeconfig = join(this.dataDir, 'kubeconfig')
    this.#client = new HttpKubeClient(
      fromKubeconfig(parse(readFileSync(kubeconfig, 'utf8')), dirname(kubeconfig)),
      'e2e',
    )
  }

  /** Ends it as Ctrl-C does and resolves when it is gone. */
  async stop(): Promise<void> {
    await this.#client?.close()
    const child = this.#child
    if (!child || child.exitCode !== null) return
    const exited = new Promise((gone) => child.once('exit', gone))
    child.kill('SIGINT')
    await exited
  }

  /** Processes of pods whose name begins with `prefix`; with `command`, only those whose command has it. */
  pidsOf(prefix: string, command = ''): number[] {
    return this.#pods()
      .filter(({ pod, commandLine }) => pod.startsWith(prefix) && commandLine.includes(command))
      .map(({ pid }) => pid)
  }

  #pods(): { pid: number; pod: string; commandLine: string }[] {
    const found = []
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue
      try {
        const environment = readFileSync(`/proc/${entry}/environ`, 'utf8')
        if (!environment.includes(this.dataDir)) continue
        const pod = /(?:^|\0)HOSTNAME=([^\0]*)/.exec(environment)?.[1] ?? ''
        const commandLine = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ')
        if (commandLine !== '') found.push({ pid: Number(entry), pod, commandLine })
      } catch {
        // It ended while we looked.
      }
    }
    return found
  }
}
