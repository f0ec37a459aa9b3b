import type { RevisionSpec } from '@knative-ts/apis'

/**
 * Whether a passing probe of the queue-proxy is enough to use a pod before Kubernetes calls it ready. Not
 * so when readiness depends on something the queue-proxy can't see: an exec probe of the serving container,
 * or a startup probe of any container.
 */
export function canUsePodsBeforeReady(spec: RevisionSpec): boolean {
  const containers = spec.containers ?? []
  const serving =
    containers.length === 1 ? containers[0] : containers.find((container) => container.ports?.length)
  if (serving?.readinessProbe?.exec) return false
  return !containers.some((container) => container.startupProbe)
}
