/** An object by kind, namespace and name, such as `Secret knative-serving/webhook-certs`. */
export type ObjectName = string

/** Kubernetes makes these by itself: of everything that happens, of every definition, in every namespace. */
const ofKubernetes = [
  /^Event /,
  /^APIService /,
  /^ConfigMap [^/]+\/kube-root-ca\.crt$/,
  /^ServiceAccount [^/]+\/default$/,
  /^Lease kube-(node-lease|system)\//,
]
/** What an uninstallation leaves on purpose: Helm never removes the namespace of a release, nor CRDs that it is told to keep. */
const leftOnPurpose = [/^CustomResourceDefinition /, /^Namespace /]

/** Objects there are now, were not before, and should be gone: neither definitions and namespaces, nor Kubernetes' own. */
export function leftovers(before: readonly ObjectName[], now: readonly ObjectName[]): ObjectName[] {
  const known = new Set(before)
  const allowed = [...ofKubernetes, ...leftOnPurpose]
  return now.filter((name) => !known.has(name) && !allowed.some((pattern) => pattern.test(name)))
}
