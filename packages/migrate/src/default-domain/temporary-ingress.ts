import { type Ingress, ingressClassAnnotationKey, serviceHTTPPort } from '@knative-ts/apis'

/** The Service in front of this job. */
export const ownServiceName = 'default-domain-service'

/**
 * An Ingress by which the ingress implementation tells which gateway it uses. Nobody calls its host. The split's
 * percentage is left to defaulting.
 */
export function temporaryIngress(systemNamespace: string, podName: string, ingressClass: string): Ingress {
  return {
    metadata: {
      generateName: 'default-domain-',
      namespace: systemNamespace,
      annotations: { [ingressClassAnnotationKey]: ingressClass },
    },
    spec: {
      rules: [
        {
          hosts: [`${podName}.default-domain.invalid`],
          visibility: 'ExternalIP',
          http: {
            paths: [
              {
                splits: [
                  {
                    serviceNamespace: systemNamespace,
                    serviceName: ownServiceName,
                    servicePort: serviceHTTPPort,
                  },
                ],
              },
            ],
          },
        },
      ],
    },
  }
}
