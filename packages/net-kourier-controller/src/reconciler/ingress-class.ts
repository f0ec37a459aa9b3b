import { type Ingress, ingressClassAnnotationKey, kourierIngressClass } from '@knative-ts/apis'

/** Whether an Ingress is ours; all others stay untouched. Kourier is nobody's default. */
export function isKourierIngress(ingress: Ingress): boolean {
  return ingress.metadata.annotations?.[ingressClassAnnotationKey] === kourierIngressClass
}
