import { childName } from '@knative-ts/apis'

/** A Route's Ingress bears its name, shortened if it is too long. */
export const ingressName = (route: string): string => childName(route, '')
