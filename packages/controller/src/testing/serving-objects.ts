import {
  type Condition,
  type Configuration,
  configurationGenerationLabelKey,
  configurationLabelKey,
  configurations,
  controllerReference,
  type Revision,
  type Route,
  type Service,
  type TrafficTarget,
} from '@knative-ts/apis'
import { testMeta, withChange } from '@knative-ts/apis/testing'
import { condition } from './conditions.ts'

type Change<T> = (object: T) => void
const unchanged = (): void => {}

const podSpec = (image: string) => ({
  containers: [
    { name: 'user-container', image, readinessProbe: { tcpSocket: { port: 8080 }, successThreshold: 1 } },
  ],
  containerConcurrency: 0,
  timeoutSeconds: 300,
})

/** A defaulted Service that sends everything to its latest revision. */
export function testService(name: string, change: Change<Service> = unchanged): Service {
  return withChange<Service>(
    {
      metadata: { ...testMeta(name), uid: `uid-${name}` },
      spec: {
        template: { spec: podSpec('dev.local/hello') },
        traffic: [{ latestRevision: true, percent: 100 }],
      },
    },
    change,
  )
}

/** A defaulted Configuration without status. */
export function testConfiguration(name: string, change: Change<Configuration> = unchanged): Configuration {
  return withChange<Configuration>(
    {
      metadata: { ...testMeta(name), uid: `uid-cfg-${name}` },
      spec: { template: { spec: podSpec('dev.local/hello') } },
    },
    change,
  )
}

/** What a ready Configuration says of itself at its present generation. */
export function readyConfiguration(latest: string, created = latest): Change<Configuration> {
  return (configuration) => {
    configuration.status = {
      observedGeneration: configuration.metadata.generation,
      latestCreatedRevisionName: created,
      latestReadyRevisionName: latest,
      conditions: [condition('Ready', 'True')],
    }
  }
}

/** A Revision of a Configuration, with a Ready condition if one is given. */
export function testRevision(
  name: string,
  of: Configuration,
  ready?: Condition['status'] | Condition,
  change: Change<Revision> = unchanged,
): Revision {
  return withChange<Revision>(
    {
      metadata: {
        ...testMeta(name),
        uid: `uid-rev-${name}`,
        labels: {
          [configurationLabelKey]: of.metadata.name ?? '',
          [configurationGenerationLabelKey]: String(of.metadata.generation),
        },
        ownerReferences: [controllerReference(configurations, of)],
      },
      spec: structuredClone(of.spec.template.spec),
      ...(ready === undefined
        ? {}
        : {
            status: {
              observedGeneration: 1,
              conditions: [typeof ready === 'string' ? condition('Ready', ready) : ready],
            },
          }),
    },
    change,
  )
}

/** A defaulted Route with the given targets. */
export function testRoute(name: string, traffic: TrafficTarget[], change: Change<Route> = unchanged): Route {
  return withChange<Route>(
    {
      metadata: { ...testMeta(name), uid: `uid-route-${name}` },
      spec: {
        traffic: traffic.map((target) => ({ latestRevision: !target.revisionName, percent: 0, ...target })),
      },
    },
    change,
  )
}
