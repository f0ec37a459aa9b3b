import {
  applicationProtocol,
  type Configuration,
  configurationLabelKey,
  type ProtocolType,
  type Revision,
  type Route,
  revisionConditions,
  serviceLabelKey,
  type TrafficTarget,
} from '@knative-ts/apis'
import {
  foreignRevision,
  missingTarget,
  type TrafficProblem,
  unreadyConfiguration,
  unreadyRevision,
} from './problem.ts'

/** A traffic target that is known to be servable. */
export interface RevisionTarget {
  /** Empty without a tag. */
  readonly tag: string
  readonly revisionName: string
  /** The Configuration that the target follows or that the revision came from; empty if it has none. */
  readonly configurationName: string
  readonly latestRevision: boolean
  readonly percent: number
  readonly protocol: ProtocolType
}

/** Name of the group of all targets, which the Route's own host serves. */
export const defaultGroup = ''

export interface ResolvedTraffic {
  /** In the order of the spec; equal ones joined. Empty when there is a problem. */
  readonly targets: readonly RevisionTarget[]
  /** What each host serves, by tag; percents of a group add up to 100. Empty when there is a problem. */
  readonly groups: ReadonlyMap<string, readonly RevisionTarget[]>
  /** Everything looked at, whether it exists or not. */
  readonly configurations: ReadonlySet<string>
  readonly revisions: ReadonlySet<string>
  readonly problem: TrafficProblem | undefined
}

export interface TrafficSources {
  configuration(name: string): Configuration | undefined
  revision(name: string): Revision | undefined
}

/** Resolves a Route's targets to revisions; all are examined even after one was found wanting. */
export function resolveTraffic(route: Route, sources: TrafficSources): ResolvedTraffic {
  const configurations = new Set<string>()
  const revisions = new Set<string>()
  const recording: TrafficSources = {
    configuration: (name) => {
      configurations.add(name)
      return sources.configuration(name)
    },
    revision: (name) => {
      revisions.add(name)
      return sources.revision(name)
    },
  }
  const resolved: RevisionTarget[] = []
  let problem: TrafficProblem | undefined
  for (const target of route.spec.traffic ?? []) {
    const result = resolveTarget(route, target, recording)
    if (result.kind === 'target') resolved.push(result.target)
    else if (!problem || result.problem.isFailure) problem = result.problem
  }
  return problem
    ? { targets: [], groups: new Map(), configurations, revisions, problem }
    : { targets: joinEqual(resolved), groups: groupByTag(resolved), configurations, revisions, problem }
}

type TargetResult = { kind: 'target'; target: RevisionTarget } | { kind: 'problem'; problem: TrafficProblem }

function resolveTarget(route: Route, target: TrafficTarget, sources: TrafficSources): TargetResult {
  return target.revisionName
    ? resolveRevisionTarget(route, target, target.revisionName, sources)
    : resolveConfigurationTarget(target, target.configurationName ?? '', sources)
}

function resolveConfigurationTarget(
  target: TrafficTarget,
  configurationName: string,
  sources: TrafficSources,
): TargetResult {
  const configuration = sources.configuration(configurationName)
  if (!configuration) return problemResult(missingTarget('Configuration', configurationName))
  const revisionName = configuration.status?.latestReadyRevisionName
  if (!revisionName) return problemResult(unreadyConfiguration(configuration))
  const revision = sources.revision(revisionName)
  if (!revision) return problemResult(missingTarget('Revision', revisionName))
  return targetResult(target, revision, configurationName)
}

function resolveRevisionTarget(
  route: Route,
  target: TrafficTarget,
  revisionName: string,
  sources: TrafficSources,
): TargetResult {
  const revision = sources.revision(revisionName)
  if (!revision) return problemResult(missingTarget('Revision', revisionName))
  if (!revisionConditions.isReady(revision)) return problemResult(unreadyRevision(revision))
  const service = route.metadata.labels?.[serviceLabelKey]
  const actual = revision.metadata.labels?.[serviceLabelKey]
  if (service && service !== actual) return problemResult(foreignRevision(revisionName, service, actual))
  const configurationName = revision.metadata.labels?.[configurationLabelKey] ?? ''
  if (configurationName !== '' && !sources.configuration(configurationName)) {
    return problemResult(missingTarget('Configuration', configurationName))
  }
  return targetResult(target, revision, configurationName)
}

function problemResult(problem: TrafficProblem): TargetResult {
  return { kind: 'problem', problem }
}

function targetResult(target: TrafficTarget, revision: Revision, configurationName: string): TargetResult {
  return {
    kind: 'target',
    target: {
      tag: target.tag ?? '',
      revisionName: revision.metadata.name ?? '',
      configurationName,
      latestRevision: target.latestRevision ?? false,
      percent: target.percent ?? 0,
      protocol: applicationProtocol(revision.spec.containers),
    },
  }
}

function joinEqual(targets: readonly RevisionTarget[]): RevisionTarget[] {
  return joined(targets, (target) => `${target.tag}|${target.revisionName}|${target.latestRevision}`)
}

function groupByTag(targets: readonly RevisionTarget[]): Map<string, RevisionTarget[]> {
  const groups = new Map<string, RevisionTarget[]>([[defaultGroup, [...targets]]])
  for (const target of targets) {
    if (target.tag === '') continue
    const group = groups.get(target.tag)
    if (group) group.push(target)
    else groups.set(target.tag, [target])
  }
  for (const [tag, members] of groups) groups.set(tag, consolidated(members))
  return groups
}

/** One member per revision; the only member of a group gets everything. */
function consolidated(members: readonly RevisionTarget[]): RevisionTarget[] {
  const merged = joined(members, (target) => target.revisionName)
  const [only] = merged
  return merged.length === 1 && only ? [{ ...only, percent: 100 }] : merged
}

function joined(
  targets: readonly RevisionTarget[],
  identity: (target: RevisionTarget) => string,
): RevisionTarget[] {
  const byIdentity = new Map<string, RevisionTarget>()
  for (const target of targets) {
    const id = identity(target)
    const before = byIdentity.get(id)
    byIdentity.set(id, before ? { ...before, percent: before.percent + target.percent } : target)
  }
  return [...byIdentity.values()]
}
