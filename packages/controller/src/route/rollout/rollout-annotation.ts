import type { ConfigurationRollout, Rollout, StepParameters } from './rollout.ts'

/**
 * Renders a rollout as the Ingress annotation carries it. Times are nanoseconds since the epoch; beyond
 * 2^53 their last digits are rounded, by less than a microsecond.
 */
export function formatRollout(rollout: Rollout): string {
  return JSON.stringify({
    configurations: rollout.map(({ configurationName, tag, percent, revisions, steps }) => ({
      configurationName,
      tag: tag || undefined,
      percent,
      revisions: revisions.map((share) => ({ revisionName: share.revisionName, percent: share.percent })),
      stepParams: {
        starttime: steps.startTimeNs || undefined,
        nextStepTime: steps.nextStepTimeNs || undefined,
        stepDuration: steps.stepDurationNs || undefined,
        stepSize: steps.stepSize || undefined,
      },
    })),
  })
}

/** Reads the annotation; undefined when there is none, or it can't be read, or what it says can't be. */
export function parseRollout(text: string | undefined): Rollout | undefined {
  if (!text) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  const entries = isRecord(parsed) ? (parsed['configurations'] ?? []) : undefined
  if (!Array.isArray(entries)) return undefined
  const rollout: ConfigurationRollout[] = []
  for (const entry of entries) {
    const configuration = parseEntry(entry)
    if (!configuration) return undefined
    rollout.push(configuration)
  }
  return rollout
}

function parseEntry(entry: unknown): ConfigurationRollout | undefined {
  if (!isRecord(entry)) return undefined
  const { configurationName, tag = '', percent = 0, revisions = [], stepParams = {} } = entry
  if (typeof configurationName !== 'string' || typeof tag !== 'string') return undefined
  if (!isCount(percent) || percent > 100 || !Array.isArray(revisions)) return undefined
  const steps = parseSteps(stepParams)
  if (!steps || (steps.stepSize ?? 0) > percent) return undefined
  const shares = revisions.map(parseShare)
  let sum = 0
  for (const share of shares) {
    if (!share) return undefined
    sum += share.percent
  }
  if (sum !== percent) return undefined
  return { configurationName, tag, percent, revisions: shares.filter((share) => share !== undefined), steps }
}

function parseShare(share: unknown): { revisionName: string; percent: number } | undefined {
  if (!isRecord(share)) return undefined
  const { revisionName, percent = 0 } = share
  return typeof revisionName === 'string' && isCount(percent) ? { revisionName, percent } : undefined
}

function parseSteps(params: unknown): StepParameters | undefined {
  if (!isRecord(params)) return undefined
  const { starttime = 0, nextStepTime = 0, stepDuration = 0, stepSize = 0 } = params
  if (!isCount(starttime) || !isCount(nextStepTime) || !isCount(stepDuration) || !isCount(stepSize)) {
    return undefined
  }
  return {
    ...(starttime > 0 ? { startTimeNs: starttime } : {}),
    ...(nextStepTime > 0 ? { nextStepTimeNs: nextStepTime } : {}),
    ...(stepDuration > 0 ? { stepDurationNs: stepDuration } : {}),
    ...(stepSize > 0 ? { stepSize } : {}),
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}
