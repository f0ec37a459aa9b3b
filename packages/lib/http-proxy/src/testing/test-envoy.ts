import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@knative-ts/clock'

/** A running Envoy that relays HTTP to one destination. */
export interface TestEnvoy extends AsyncDisposable {
  readonly port: number
}

export interface TestEnvoyOptions {
  readonly host: string
  readonly port: number
  /** Added to each request; without them nothing of it is changed but for what proxies must. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Starts the Envoy that `ENVOY_BIN` names as a plain HTTP/1.1 proxy on 127.0.0.1. */
export async function testEnvoy(options: TestEnvoyOptions): Promise<TestEnvoy> {
  const binary = process.env['ENVOY_BIN']
  if (!binary) throw new Error('ENVOY_BIN is not set: run the tests with "npm test", which finds Envoy')
  const folder = mkdtempSync(join(tmpdir(), 'envoy-'))
  const config = join(folder, 'bootstrap.json')
  const adminAddress = join(folder, 'admin')
  writeFileSync(config, JSON.stringify(bootstrap(options)))
  const args = ['--config-path', config, '--admin-address-path', adminAddress, '--use-dynamic-base-id']
  const child = spawn(binary, [...args, '--concurrency', '1', '--log-level', 'error'], { stdio: 'ignore' })
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    return { port: await listenerPort(child, adminAddress), [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Waits until Envoy listens. */
async function listenerPort(child: ChildProcess, adminAddress: string): Promise<number> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Envoy ended with ${child.exitCode}`)
    const port = existsSync(adminAddress) ? await portOfListener(readFileSync(adminAddress, 'utf8')) : 0
    if (port > 0) return port
    await systemClock.sleep(20)
  }
}

async function portOfListener(admin: string): Promise<number> {
  const [ready, listeners] = await Promise.all([
    fetch(`http://${admin}/ready`).catch(() => undefined),
    fetch(`http://${admin}/listeners?format=json`).catch(() => undefined),
  ])
  if (!ready?.ok || !listeners?.ok) return 0
  const { listener_statuses: found = [] } = (await listeners.json()) as {
    listener_statuses?: { local_address: { socket_address: { port_value: number } } }[]
  }
  return found[0]?.local_address.socket_address.port_value ?? 0
}

function bootstrap({ host, port, headers = {} }: TestEnvoyOptions): unknown {
  const address = (address: string, port_value: number) => ({ socket_address: { address, port_value } })
  const add = Object.entries(headers).map(([key, value]) => ({ header: { key, value } }))
  const type = (name: string) => ({ '@type': `type.googleapis.com/envoy.extensions.${name}` })
  return {
    admin: { address: address('127.0.0.1', 0) },
    static_resources: {
      listeners: [
        {
          name: 'http',
          address: address('127.0.0.1', 0),
          filter_chains: [
            {
              filters: [
                {
                  name: 'envoy.filters.network.http_connection_manager',
                  typed_config: {
                    ...type('filters.network.http_connection_manager.v3.HttpConnectionManager'),
                    stat_prefix: 'test',
                    delayed_close_timeout: '0s',
                    http_protocol_options: { enable_trailers: true },
                    route_config: {
                      virtual_hosts: [
                        {
                          name: 'all',
                          domains: ['*'],
                          request_headers_to_add: add,
                          routes: [
                            { match: { prefix: '' }, route: { cluster: 'destination', timeout: '0s' } },
                          ],
                        },
                      ],
                    },
                    http_filters: [
                      {
                        name: 'envoy.filters.http.router',
                        typed_config: type('filters.http.router.v3.Router'),
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
          name: 'destination',
          type: 'STATIC',
          connect_timeout: '5s',
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              ...type('upstreams.http.v3.HttpProtocolOptions'),
              explicit_http_config: { http_protocol_options: { enable_trailers: true } },
            },
          },
          load_assignment: {
            cluster_name: 'destination',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(host, port) } }] }],
          },
        },
      ],
    },
  }
}
