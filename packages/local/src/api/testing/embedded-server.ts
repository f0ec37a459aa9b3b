import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@knative-ts/clock'
import { type ApiServer, type ApiServerOptions, startApiServer } from '../api-server.ts'
import { ApiClient } from './api-client.ts'

/** A server in a folder of its own, with an administrator's client. */
export interface EmbeddedServer {
  readonly server: ApiServer
  readonly client: ApiClient
  /** What the server logged as errors. */
  readonly errors: string[]
  stop(): Promise<void>
}

/** Starts a server for a test; it goes with its folder when stopped. */
export async function startEmbeddedServer(options: Partial<ApiServerOptions> = {}): Promise<EmbeddedServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'knative-api-'))
  const errors: string[] = []
  const logger = {
    error: (message: string, fields: Readonly<Record<string, unknown>>) => {
      errors.push(`${message}: ${String(fields['error'])}`)
    },
  }
  const server = await startApiServer({
    listenAddress: '127.0.0.1',
    port: 0,
    clock: systemClock,
    logger,
    ...options,
    dataDir,
  })
  const client = new ApiClient({ url: server.url, caPem: server.caPem, token: server.adminToken })
  return {
    server,
    client,
    errors,
    stop: async () => {
      await client.close()
      await server.stop()
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
