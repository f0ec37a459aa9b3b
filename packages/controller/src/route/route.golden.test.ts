import { join } from 'node:path'
import { describe } from '@jest/globals'
import {
  type Certificate,
  certificates,
  configurations,
  coreServices,
  type Ingress,
  ingresses,
  type KubeObject,
  revisions,
  routeLabelKey,
  type TrafficTarget,
} from '@knative-ts/apis'
import { existing } from '@knative-ts/reconciler/testing'
import { testGoldenFiles } from '../testing/golden-files.ts'
import { readyConfiguration, testConfiguration, testRevision, testRoute } from '../testing/serving-objects.ts'
import { type RouteWorld, runRoute } from './testing/run-route.ts'

interface Input {
  config?: RouteWorld['config']
  route: { labels?: Record<string, string>; annotations?: Record<string, string>; traffic: TrafficTarget[] }
  /** Configuration → its ready revisions, the latest last; `h2c` after a name gives its protocol. */
  configurations: Record<string, string[]>
  /** Labels of placeholder Services that exist, by name. */
  placeholders?: Record<string, Record<string, string>>
  certificates?: Certificate[]
  ingress?: Ingress
}

function worldOf(input: Input, owner: KubeObject): NonNullable<RouteWorld['world']> {
  const ownerReferences = [
    {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Route',
      name: 'foo',
      uid: owner.metadata.uid!,
      controller: true,
    },
  ]
  const world: NonNullable<RouteWorld['world']> = []
  for (const [name, list] of Object.entries(input.configurations)) {
    const latest = list.at(-1)?.split(' ')[0] ?? ''
    const configuration = testConfiguration(name, readyConfiguration(latest))
    world.push(existing(configurations, configuration))
    for (const [revision = '', protocol] of list.map((text) => text.split(' '))) {
      const object = testRevision(revision, configuration, 'True', ({ spec }) => {
        if (protocol) spec.containers[0]!.ports = [{ name: protocol, containerPort: 8080 }]
      })
      world.push(existing(revisions, object))
    }
  }
  for (const [name, labels] of Object.entries(input.placeholders ?? {})) {
    const metadata = {
      name,
      namespace: 'default',
      labels: { ...labels, [routeLabelKey]: 'foo' },
      ownerReferences,
    }
    world.push(existing(coreServices, { metadata, spec: { type: 'ExternalName', externalName: 'x.y' } }))
  }
  for (const certificate of input.certificates ?? []) world.push(existing(certificates, certificate))
  if (input.ingress) world.push(existing(ingresses, input.ingress))
  return world
}

/** Without what the API server adds. */
function asWritten({ metadata, ...rest }: KubeObject & { status?: unknown }): unknown {
  const { uid: _, resourceVersion: __, generation: ___, creationTimestamp: ____, ...written } = metadata
  return { kind: rest.kind, metadata: written, ...rest, apiVersion: undefined }
}

describe('what one pass over a Route writes', () => {
  testGoldenFiles<Input>(join(import.meta.dirname, 'testdata'), async (input) => {
    const { labels, annotations, traffic } = input.route
    const route = testRoute('foo', traffic, ({ metadata }) => {
      Object.assign(metadata, labels && { labels }, annotations && { annotations })
    })
    const result = await runRoute(route, {
      nowMs: Date.UTC(2026, 4, 1),
      config: input.config,
      world: worldOf(input, route),
    })
    return {
      written: result.writes
        .filter(({ verb }) => verb !== 'update-status')
        .map(({ verb, resource, name, object }) => ({
          [`${verb} ${resource}/${name}`]: object ? asWritten(object) : null,
        })),
      status: result.status && {
        ...result.status,
        conditions: result.conditions,
      },
      events: result.events,
      outcome: result.outcome.kind,
    }
  })
})
