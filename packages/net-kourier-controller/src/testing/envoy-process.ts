import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A running Envoy. */
export interface EnvoyProcess {
  /** Everything it has logged. */
  log(): string
  /** GETs a path of its admin interface. */
  admin(path: string): Promise<string>
  stop(): Promise<void>
}

/** The Envoy to test with. */
export function envoyBinary(): string {
  const binary = process.env['ENVOY_BIN']
  if (binary) return binary
  throw new Error('ENVOY_BIN is not set: run the tests with "npm test", which finds Envoy or downloads it')
}

/**
 * Starts the Envoy named by `ENVOY_BIN` as a gateway of the xDS server at `xdsPort` of this host. It learns
 * its listeners from there.
 */
export async function startEnvoy(xdsPort: number): Promise<EnvoyProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'kourier-envoy-'))
  const adminPort = await freePort()
  const config = join(folder, 'bootstrap.json')
  writeFileSync(config, JSON.stringify(bootstrap(xdsPort, adminPort)))
  const child = spawn(
    envoyBinary(),
    ['--config-path', config, '--use-dynamic-base-id', '--concurrency', '1', '--log-level', 'warning'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const lines: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => lines.push(text))
  return {
    log: () => lines.join(''),
    admin: async (path) => (await fetch(`http://127.0.0.1:${adminPort}${path}`)).text(),
    stop: () => stop(child, folder),
  }
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  rmSync(folder, { recursive: true, force: true })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

function bootstrap(xdsPort: number, adminPort: number): unknown {
  const ads = { ads: {}, resource_api_version: 'V3' }
  const http2 = {
    '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
    explicit_http_config: { http2_protocol_options: {} },
  }
  return {
    node: { id: '3scale-kourier-gateway', cluster: 'kourier-knative' },
    admin: { address: socketAddress(adminPort) },
    dynamic_resources: {
      ads_config: {
        transport_api_version: 'V3',
        api_type: 'GRPC',
        rate_limit_settings: {},
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds_cluster' } }],
      },
      cds_config: ads,
      lds_config: ads,
    },
    static_resources: {
      clusters: [
        staticCluster('service_stats', adminPort),
        {
          ...staticCluster('xds_cluster', xdsPort),
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': http2,
          },
        },
      ],
    },
  }
}

function socketAddress(port: number): unknown {
  return { socket_address: { address: '127.0.0.1', port_value: port } }
}

function staticCluster(name: string, port: number): Record<string, unknown> {
  return {
    name,
    connect_timeout: '1s',
    type: 'STATIC',
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(port) } }] }],
    },
  }
}
