import type { KubeObject } from '@knative-ts/apis'

/** A Service that must be refused, and what the refusal has to say. */
export interface BadManifest {
  what: string
  object: KubeObject
  message: string
}

const service = (name: string, template: object, more: object = {}): KubeObject =>
  ({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { template, ...more },
  }) as KubeObject

const containers = [{ image: 'dev.local/hello' }]

export const badManifests: BadManifest[] = [
  {
    what: 'concurrency over the limit',
    object: service('bad-concurrency', { spec: { containers, containerConcurrency: 1001 } }),
    message: 'expected 0 <= 1001 <= 1000: spec.template.spec.containerConcurrency',
  },
  {
    what: 'timeout over the limit',
    object: service('bad-timeout', { spec: { containers, timeoutSeconds: 601 } }),
    message: 'expected 0 <= 601 <= 600: spec.template.spec.timeoutSeconds',
  },
  {
    what: 'reserved port',
    object: service('bad-port', {
      spec: { containers: [{ ...containers[0], ports: [{ containerPort: 8012 }] }] },
    }),
    message: '8012 is a reserved port',
  },
  {
    what: 'scale bounds the wrong way round',
    object: service('bad-scale', {
      metadata: {
        annotations: { 'autoscaling.knative.dev/min-scale': '5', 'autoscaling.knative.dev/max-scale': '2' },
      },
      spec: { containers },
    }),
    message: 'max-scale=2 is less than min-scale=5',
  },
  {
    what: 'traffic that does not sum to 100',
    object: service(
      'bad-traffic',
      { spec: { containers } },
      { traffic: [{ latestRevision: true, percent: 60 }] },
    ),
    message: 'Traffic targets sum to 60, want 100: spec.traffic',
  },
]
