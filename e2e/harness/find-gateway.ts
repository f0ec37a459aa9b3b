import { coreServices, nodes } from '@knative-ts/apis'
import { isNotFound, type KubeClient } from '@knative-ts/kube'
import { detectCapabilities } from './capabilities.ts'
import { E2eError } from './errors.ts'

const gatewayNamespace = 'kourier-system'
const gatewayService = 'kourier'
/** Port of the gateway's Service for plain HTTP. */
const httpPort = 80
/** Where the gateway listens on the node in local mode. */
const localPort = 8080

/**
 * Address of Kourier's HTTP listener: its load balancer, else its node port, else the node itself in local
 * mode.
 * @throws E2eError UNREACHABLE when there is none of these
 */
export async function findGateway(client: KubeClient): Promise<string> {
  const { items } = await client.list(nodes)
  const nodeAddress = items
    .flatMap((node) => node.status?.addresses ?? [])
    .find(({ type }) => type === 'InternalIP')?.address
  const { ownPorts } = await detectCapabilities(client)
  if (!ownPorts && nodeAddress) return `http://${nodeAddress}:${localPort}`

  const service = await client.get(coreServices, gatewayNamespace, gatewayService).catch((error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  })
  const [balancer] = service?.status?.loadBalancer?.ingress ?? []
  const address = balancer?.ip ?? balancer?.hostname
  if (address) return `http://${address}:${httpPort}`
  const nodePort = service?.spec?.ports?.find(({ port }) => port === httpPort)?.nodePort
  if (nodePort && nodeAddress) return `http://${nodeAddress}:${nodePort}`
  throw new E2eError(
    'UNREACHABLE',
    `no address found for Service ${gatewayService} in ${gatewayNamespace}: name the gateway with --gateway URL`,
  )
}
