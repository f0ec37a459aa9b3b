import { createServer } from 'node:net'
import { LocalError } from '../errors.ts'

/** Ports that the cluster needs on its node address, and what for. */
export const nodePorts: Record<number, string> = {
  8080: 'the gateway',
  8081: 'the gateway, cluster-local',
  8090: 'the gateway, probes',
  9000: 'the gateway, metrics',
  9901: "the gateway's admin interface",
  18000: 'the xDS server',
}

/**
 * Makes sure that nothing else listens where the cluster will.
 * @throws LocalError ADDRESS_IN_USE naming the port and the cure
 */
export async function checkFreeAddress(address: string, apiPort: number): Promise<void> {
  const ports = { ...nodePorts, [apiPort]: 'the Kubernetes API' }
  for (const [port, purpose] of Object.entries(ports)) {
    const problem = await tryListen(address, Number(port))
    if (problem === undefined) continue
    if (problem === 'EADDRNOTAVAIL') {
      throw new LocalError(
        'ADDRESS_IN_USE',
        `${address} is not an address of this machine; use --address 127.0.0.1`,
      )
    }
    const cure =
      Number(port) === apiPort
        ? 'choose another port with --api-port'
        : 'choose another address with --address, e.g. --address 127.0.0.3'
    throw new LocalError(
      'ADDRESS_IN_USE',
      `${address}:${port} is in use, and ${purpose} needs it; stop what listens there ("ss -ltnp 'sport = :${port}'" shows it), or ${cure}`,
    )
  }
}

function tryListen(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    server.listen(port, address, () => server.close(() => resolve(undefined)))
  })
}
