import type { V1Container } from '../core/types.ts'
import type { SecurePodDefaults } from './settings.ts'
import type { RevisionSpec } from './types.ts'

type SecurityContext = NonNullable<V1Container['securityContext']>

const firstUnprivilegedPort = 1024

/** Under `secure-pod-defaults`, gives every container the restricted settings that its author left open. */
export function setSecureDefaults(spec: RevisionSpec, mode: SecurePodDefaults): void {
  if (mode === 'Disabled') return
  const pod = spec.securityContext
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    const context: SecurityContext = container.securityContext ?? {}
    container.securityContext = context
    context.allowPrivilegeEscalation ??= false
    if (!pod?.seccompProfile?.type && !context.seccompProfile?.type) {
      context.seccompProfile = { ...context.seccompProfile, type: 'RuntimeDefault' }
    }
    context.capabilities ??= {
      drop: ['ALL'],
      ...(bindsLowPort(container) ? { add: ['NET_BIND_SERVICE'] } : {}),
    }
    if (mode === 'Enabled' && pod?.runAsNonRoot === undefined) context.runAsNonRoot ??= true
  }
}

function bindsLowPort(container: V1Container): boolean {
  return Boolean(container.ports?.some((port) => (port.containerPort ?? 0) < firstUnprivilegedPort))
}
