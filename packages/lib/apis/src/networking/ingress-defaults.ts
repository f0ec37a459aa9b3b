import type { Ingress } from './types.ts'

/** Fills in what an Ingress leaves open, in place. */
export function setIngressDefaults(ingress: Ingress): void {
  for (const rule of ingress.spec?.rules ?? []) {
    rule.visibility ||= 'ExternalIP'
    for (const { splits } of rule.http?.paths ?? []) {
      if (splits?.length === 1) splits[0]!.percent ||= 100
    }
  }
}
