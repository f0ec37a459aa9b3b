import { ProxyServer, type ProxyServerOptions } from '../proxy-server.ts'

/** A server on 127.0.0.1, without any proxying. Disposing of it breaks its connections off. */
export interface TestServer extends AsyncDisposable {
  readonly server: ProxyServer
  readonly port: number
}

/** Starts one. */
export async function testServer(options: ProxyServerOptions): Promise<TestServer> {
  const server = new ProxyServer(options)
  await server.listen(0, '127.0.0.1')
  return {
    server,
    port: server.port,
    async [Symbol.asyncDispose]() {
      server.destroy()
      await server.close()
    },
  }
}
