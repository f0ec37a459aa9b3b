import { nsPerSecond } from '@knative-ts/apis'
import { ConfigValues, toMs } from './config-values.ts'
import { ConfigValueError } from './errors.ts'
import type { LeaderElectionConfig } from './types.ts'

const mostBuckets = 10
const leasePrefix = 'map-lease-prefix.'

/** Parses `config-leader-election`. @throws ConfigValueError for the first fault */
export function parseLeaderElectionConfig(data: Readonly<Record<string, string>>): LeaderElectionConfig {
  const values = new ConfigValues(data)
  const leaseDurationMs = toMs(values.duration(['leaseDuration', 'lease-duration'], 60n * nsPerSecond))
  const renewDeadlineMs = toMs(values.duration(['renewDeadline', 'renew-deadline'], 40n * nsPerSecond))
  const retryPeriodMs = toMs(values.duration(['retryPeriod', 'retry-period'], 10n * nsPerSecond))
  const buckets = values.int64('buckets', 1)
  if (buckets < 1 || buckets > mostBuckets) {
    throw new ConfigValueError(`buckets: value must be between 1 <= ${buckets} <= ${mostBuckets}`)
  }
  const leasePrefixes: Record<string, string> = {}
  for (const [key, value] of Object.entries(data)) {
    if (key.startsWith(leasePrefix)) leasePrefixes[key.slice(leasePrefix.length)] = value.trim()
  }
  return { buckets, leaseDurationMs, renewDeadlineMs, retryPeriodMs, leasePrefixes }
}
