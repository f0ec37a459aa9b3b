import {
  compareQuantities,
  firstAnnotation,
  formatQuantity,
  parseFloat64,
  parseQuantity,
  type Quantity,
  quantityIn,
  queueSidecarResourceAnnotationKey,
  queueSidecarResourcePercentageAnnotationKeys,
  type V1Container,
  type V1ResourceRequirements,
} from '@knative-ts/apis'
import type { DeploymentConfig, ResourceName, ResourceQuantities } from '@knative-ts/config'

type Bound = 'request' | 'limit'
type Amounts = Partial<Record<ResourceName, string>>

const resourceNames: readonly ResourceName[] = ['cpu', 'memory', 'ephemeral-storage']

/** What `queueproxy.resource-defaults` fills in. */
const featureDefaults: Readonly<Record<Bound, ResourceQuantities>> = {
  request: { cpu: '25m', memory: '400Mi' },
  limit: { cpu: '1', memory: '800Mi' },
}

/** Range of what a percentage of the user's own amounts may come to. */
const percentageRange: Readonly<Record<Bound, Partial<Record<ResourceName, readonly [Quantity, Quantity]>>>> =
  {
    request: { cpu: range('25m', '100m'), memory: range('50Mi', '200Mi') },
    limit: { cpu: range('40m', '500m'), memory: range('200Mi', '500Mi') },
  }

export interface QueueResourcesInput {
  readonly deployment: Pick<DeploymentConfig, 'queueSidecarRequests' | 'queueSidecarLimits'>
  /** Whether the feature `queueproxy.resource-defaults` is on. */
  readonly useDefaults: boolean
  readonly annotations: Readonly<Record<string, string>>
  /** The container whose amounts a percentage refers to. */
  readonly serving: V1Container | undefined
}

/**
 * What the queue-proxy asks for and is limited to. Later sources override earlier ones: cluster
 * configuration, built-in defaults for what it leaves unset, a percentage of the serving container's
 * amounts, explicit annotations.
 */
export function makeQueueResources(input: QueueResourcesInput): V1ResourceRequirements {
  const requests = amounts(input, 'request', input.deployment.queueSidecarRequests)
  const limits = amounts(input, 'limit', input.deployment.queueSidecarLimits)
  return {
    ...(Object.keys(requests).length > 0 ? { requests } : {}),
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
  }
}

function amounts(
  { useDefaults, annotations, serving }: QueueResourcesInput,
  bound: Bound,
  configured: ResourceQuantities,
): Amounts {
  const fraction = percentageOf(annotations)
  const own = bound === 'request' ? serving?.resources?.requests : serving?.resources?.limits
  const result: Amounts = {}
  for (const name of resourceNames) {
    const amount =
      quantityOf(annotations[queueSidecarResourceAnnotationKey(name, bound)]) ??
      shareOf(quantityOf(own?.[name]), fraction, percentageRange[bound][name]) ??
      quantityOf(configured[name]) ??
      (useDefaults ? quantityOf(featureDefaults[bound][name]) : undefined)
    if (amount) result[name] = formatQuantity(amount)
  }
  return result
}

/** The share in thousandths, fractions of those cut off, forced into its range. */
function shareOf(
  own: Quantity | undefined,
  fraction: number | undefined,
  limits: readonly [Quantity, Quantity] | undefined,
): Quantity | undefined {
  if (!own || own.digits === 0n || fraction === undefined || !limits) return undefined
  const milli = Math.trunc(Number(quantityIn(own, -3)) * fraction)
  const share: Quantity = { digits: BigInt(milli), exponent: -3, format: 'binary' }
  const [lowest, highest] = limits
  if (compareQuantities(share, lowest) < 0) return lowest
  return compareQuantities(share, highest) > 0 ? highest : share
}

function percentageOf(annotations: Readonly<Record<string, string>>): number | undefined {
  const text = firstAnnotation({ ...annotations }, queueSidecarResourcePercentageAnnotationKeys)?.value
  if (text === undefined) return undefined
  try {
    const percentage = parseFloat64(text)
    return Number.isFinite(percentage) ? percentage / 100 : undefined
  } catch {
    return undefined
  }
}

/** Undefined for what is absent or can't be read; admission is where that is refused. */
function quantityOf(text: string | undefined): Quantity | undefined {
  if (text === undefined) return undefined
  try {
    return parseQuantity(text)
  } catch {
    return undefined
  }
}

function range(lowest: string, highest: string): readonly [Quantity, Quantity] {
  return [parseQuantity(lowest), parseQuantity(highest)]
}
