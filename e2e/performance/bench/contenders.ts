import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { componentCommand } from '../component-command.ts'
import { BenchError } from './errors.ts'
import type { BenchOptions } from './options.ts'
import { PinnedProcess } from './pinned-process.ts'

const root = new URL('../../../', import.meta.url).pathname
const localBundle = join(root, 'packages/local/dist/local.mjs')
const proxyPort = 8012

/** A proxy that takes HTTP/1.1 and h2c on one port and passes both on to the backend. */
export interface Contender {
  readonly name: ContenderName | string
  readonly host: string
  readonly port: number
  /** 0 when it is not ours to watch. */
  readonly pid: number
  /** From its start until it took connections, milliseconds; 0 when it is not ours. */
  readonly startMs: number
  stop(): Promise<void>
}

/** `cc` is container concurrency: without a limit, and ten at a time. */
export type ContenderName = 'direct' | 'queue-proxy cc 0' | 'queue-proxy cc 10' | 'go' | 'envoy'

/** What contenders are started with. */
export interface Surroundings {
  readonly backendPort: number
  /** `host:port` of a stats server, so that the queue-proxy reports as it does on a cluster. */
  readonly statsAddress: string
  /** For what is built. */
  readonly folder: string
  readonly say: (text: string) => void
}

/** Builds and starts all contenders; those that can't be had on this machine are left out with a word why. */
export async function startContenders(around: Surroundings, options: BenchOptions): Promise<Contender[]> {
  const started: Contender[] = [
    { name: 'direct', host: '127.0.0.1', port: around.backendPort, pid: 0, startMs: 0, stop: async () => {} },
  ]
  for (const peer of options.peers) started.push({ ...peer, pid: 0, startMs: 0, stop: async () => {} })
  started.push(await queueProxy(around, 0, '127.81.0.1'))
  started.push(await queueProxy(around, 10, '127.81.0.2'))
  for (const contender of [await goPeer(around), await envoy(around)]) if (contender) started.push(contender)
  return started
}

/**
 * The whole queue-proxy, started as its image starts it, from a compile cache once a first one has filled it: stats stream, time
 * limits and metrics on, breaker if `concurrency` is not 0.
 * @param host an address of its own, for several beside each other; without, it listens on every address, as in a pod
 */
export function queueProxy(around: Surroundings, concurrency: 0 | 10, host?: string): Promise<Contender> {
  const reachedAt = host ?? '127.0.0.1'
  const { flags, bundle } = componentCommand('queue-proxy')
  const env = {
    CONTAINER_CONCURRENCY: String(concurrency),
    QUEUE_SERVING_PORT: String(proxyPort),
    QUEUE_SERVING_TLS_PORT: '8112',
    USER_PORT: String(around.backendPort),
    REVISION_TIMEOUT_SECONDS: '300',
    REVISION_RESPONSE_START_TIMEOUT_SECONDS: '60',
    REVISION_IDLE_TIMEOUT_SECONDS: '60',
    SERVING_READINESS_PROBE: `{"tcpSocket":{"port":${around.backendPort},"host":"127.0.0.1"},"successThreshold":1}`,
    SERVING_NAMESPACE: 'default',
    SERVING_SERVICE: 'bench',
    SERVING_CONFIGURATION: 'bench',
    SERVING_REVISION: 'bench-00001',
    SERVING_POD: `bench-00001-deployment-${concurrency}`,
    SERVING_POD_IP: reachedAt,
    SERVING_LOGGING_CONFIG: '',
    SERVING_LOGGING_LEVEL: 'error',
    OBSERVABILITY_CONFIG: '{"requestMetrics":{"protocol":"prometheus"}}',
    ...(host !== undefined && { LISTEN_ADDRESS: host }),
    AUTOSCALER_STATS_ADDRESS: around.statsAddress,
    NODE_COMPILE_CACHE: join(around.folder, 'compile-cache'),
  }
  return start(`queue-proxy cc ${concurrency}`, [process.execPath, ...flags, bundle], env, reachedAt)
}

/** Go's `httputil.ReverseProxy`; undefined, with a word why, without Go. */
export async function goPeer(around: Surroundings): Promise<Contender | undefined> {
  const program = join(around.folder, 'go-reverse-proxy')
  const build = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: new URL('../peers/go-reverse-proxy/', import.meta.url),
    encoding: 'utf8',
  })
  if (build.error) {
    around.say('No `go` in PATH: the Go peer is left out, and with it every ratio. Install Go 1.24 or later.')
    return undefined
  }
  if (build.status !== 0) throw new BenchError('BUILD_FAILED', `go build failed:\n${build.stderr}`)
  const host = '127.81.0.3'
  return start('go', [program, `${host}:${proxyPort}`, `127.0.0.1:${around.backendPort}`], process.env, host)
}

async function envoy(around: Surroundings): Promise<Contender | undefined> {
  const found = process.env['ENVOY_BIN'] || foundEnvoy()
  if (!found) {
    around.say('No Envoy (set ENVOY_BIN): the ceiling is left out.')
    return undefined
  }
  const host = '127.81.0.4'
  const file = join(around.folder, 'envoy.json')
  writeFileSync(file, JSON.stringify(envoyConfig(host, around.backendPort)))
  const command = [found, '-c', file, '--concurrency', '1', '--disable-hot-restart', '-l', 'error']
  return start('envoy', command, process.env, host)
}

function foundEnvoy(): string {
  return spawnSync(process.execPath, [localBundle, 'envoy'], { encoding: 'utf8' }).stdout.trim()
}

async function start(
  name: ContenderName,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  host: string,
): Promise<Contender> {
  const child = new PinnedProcess(command, env)
  try {
    const startMs = await child.listening(host, proxyPort)
    return { name, host, port: proxyPort, pid: child.pid, startMs, stop: () => child.stop() }
  } catch (error) {
    await child.stop()
    throw error
  }
}

/** Envoy as nothing but a reverse proxy: one listener, one cluster, limits out of the way. */
function envoyConfig(host: string, backendPort: number): unknown {
  const extensions = 'type.googleapis.com/envoy.extensions'
  const address = (at: string, port: number) => ({ socket_address: { address: at, port_value: port } })
  const protocol = {
    '@type': `${extensions}.upstreams.http.v3.HttpProtocolOptions`,
    use_downstream_protocol_config: {},
  }
  const lots = 1_000_000
  return {
    static_resources: {
      listeners: [
        {
          address: address(host, proxyPort),
          filter_chains: [
            {
              filters: [
                {
                  name: 'http',
                  typed_config: {
                    '@type': `${extensions}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
                    stat_prefix: 'bench',
                    codec_type: 'AUTO',
                    route_config: {
                      virtual_hosts: [
                        {
                          name: 'all',
                          domains: ['*'],
                          routes: [{ match: { prefix: '/' }, route: { cluster: 'backend' } }],
                        },
                      ],
                    },
                    http_filters: [
                      {
                        name: 'router',
                        typed_config: { '@type': `${extensions}.filters.http.router.v3.Router` },
                      },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
      clusters: [
        {
          name: 'backend',
          type: 'STATIC',
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': protocol,
          },
          circuit_breakers: {
            thresholds: [{ max_connections: lots, max_pending_requests: lots, max_requests: lots }],
          },
          load_assignment: {
            cluster_name: 'backend',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address('127.0.0.1', backendPort) } }] }],
          },
        },
      ],
    },
  }
}
