import { conditionOf, configMaps, coreServices, type Ingress, ingresses } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { parseDomainConfig, parseNetworkConfig } from '@knative-ts/config'
import { isNotFound, type KubeClient } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { MigrateError, messageOf, migrateErrorCodes } from '../errors.ts'
import { type GatewayAddress, gatewayAddress, magicDomain, serviceOfHost } from './magic-domain.ts'
import { poll } from './poll.ts'
import { temporaryIngress } from './temporary-ingress.ts'

export interface SetDefaultDomainOptions {
  client: KubeClient
  clock: Clock
  logger: Logger
  systemNamespace: string
  clusterDomain: string
  podName: string
  /** DNS service whose names contain the address they stand for, such as `sslip.io`. */
  magicDNS: string
  /** An address of a host name. */
  resolve: (hostname: string) => Promise<string>
  signal: AbortSignal
}

const domainConfigName = 'config-domain'
const networkConfigName = 'config-network'

/**
 * Gives Services a domain that leads to the gateway without any DNS of one's own, unless they have one.
 * @throws MigrateError, an ApiError, or the signal's reason
 */
export async function setDefaultDomain(options: SetDefaultDomainOptions): Promise<void> {
  const { logger, magicDNS } = options
  const current = await currentDomain(options)
  if (current !== undefined) {
    logger.info(`the default domain is ${current} already`)
    return
  }
  const ip = await gatewayIP(options, await findGateway(options))
  if (ip === undefined) {
    logger.info(
      'the load balancer of the gateway has neither an IP address nor a host name; nothing is changed',
    )
    return
  }
  const domain = magicDomain(ip, magicDNS)
  await addDomain(options, domain)
  logger.info(`the default domain is ${domain} now`)
}

/** The catch-all of `config-domain`, undefined where there is only the cluster's own. */
async function currentDomain(options: SetDefaultDomainOptions): Promise<string | undefined> {
  const { client, systemNamespace, clusterDomain } = options
  const { data = {} } = await client.get(configMaps, systemNamespace, domainConfigName)
  const domain = parseDomainConfig(clusterDomain)(data).lookupDomain({})
  return domain === `svc.${clusterDomain}` ? undefined : domain
}

/** The gateway's Service, as the ingress implementation names it in the status of an Ingress made for the purpose. */
async function findGateway(options: SetDefaultDomainOptions): Promise<{ namespace: string; name: string }> {
  const { client, clock, logger, systemNamespace, podName, signal } = options
  const { data = {} } = await client.get(configMaps, systemNamespace, networkConfigName)
  const { ingressClass } = parseNetworkConfig(data)
  const { metadata } = await client.create(
    ingresses,
    temporaryIngress(systemNamespace, podName, ingressClass),
  )
  const name = metadata.name ?? ''
  try {
    const ready = await poll(
      clock,
      signal,
      `Ingress ${name} of class ${ingressClass} did not become ready`,
      async () => {
        const ingress = await client.get(ingresses, systemNamespace, name)
        return isReady(ingress) ? ingress : undefined
      },
    )
    return gatewayOf(ready, ingressClass)
  } finally {
    await client.delete(ingresses, systemNamespace, name).catch((error: unknown) => {
      if (!isNotFound(error))
        logger.warn(`Ingress ${name} could not be deleted; delete it by hand`, { error })
    })
  }
}

function gatewayOf(ingress: Ingress, ingressClass: string): { namespace: string; name: string } {
  const host = ingress.status?.publicLoadBalancer?.ingress?.[0]?.domainInternal ?? ''
  const service = serviceOfHost(host)
  if (!service) {
    throw new MigrateError(
      migrateErrorCodes.gatewayUnknown,
      `ingress class ${ingressClass} does not tell the Service of its gateway (status.publicLoadBalancer.ingress[0].domainInternal is ${JSON.stringify(host)}); add a domain to ${domainConfigName} by hand`,
    )
  }
  return service
}

async function gatewayIP(
  { client, clock, signal, resolve }: SetDefaultDomainOptions,
  { namespace, name }: { namespace: string; name: string },
): Promise<string | undefined> {
  const { ip, hostname }: GatewayAddress = await poll(
    clock,
    signal,
    `Service ${namespace}/${name} got no load balancer`,
    async () => gatewayAddress(await client.get(coreServices, namespace, name)),
  )
  if (ip !== undefined || hostname === undefined) return ip
  try {
    return await resolve(hostname)
  } catch (error) {
    throw new MigrateError(
      migrateErrorCodes.unresolvable,
      `the gateway's host name ${hostname} cannot be resolved yet: ${messageOf(error)}`,
      { cause: error },
    )
  }
}

async function addDomain(
  { client, systemNamespace }: SetDefaultDomainOptions,
  domain: string,
): Promise<void> {
  const body = { data: { [domain]: '' } }
  await client.patch(configMaps, systemNamespace, domainConfigName, { type: 'merge', body })
}

function isReady({ metadata, status }: Ingress): boolean {
  return status?.observedGeneration === metadata.generation && conditionOf(status, 'Ready')?.status === 'True'
}
