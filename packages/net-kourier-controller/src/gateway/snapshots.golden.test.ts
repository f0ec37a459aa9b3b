import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { type Ingress, type KubeObject, keyOf, setIngressDefaults, type V1ConfigMap } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { parseNetworkConfig } from '@knative-ts/config'
import { SnapshotCache } from '@knative-ts/xds'
import { parseAllDocuments, stringify } from 'yaml'
import { parseKourierConfig } from '../config/kourier-config.ts'
import { keyPairOf } from '../ingress/key-pair.ts'
import { ObjectView } from '../testing/object-view.ts'
import { readableSnapshot } from '../testing/readable-snapshot.ts'
import { Dependencies } from './dependencies.ts'
import { GatewayState } from './gateway-state.ts'
import { IngressGateway } from './ingress-gateway.ts'

const folder = new URL('../../testdata/', import.meta.url)
const systemNamespace = 'knative-serving'

const names = readdirSync(folder)
  .filter((file) => file.endsWith('.in.yaml'))
  .map((file) => file.slice(0, -'.in.yaml'.length))

/** What gateways are told about a world, and what is refused. */
function translate(objects: KubeObject[]): Record<string, unknown> {
  const data = (name: string) =>
    (
      objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name) as
        | V1ConfigMap
        | undefined
    )?.data ?? {}
  const config = parseKourierConfig(data('config-kourier'))
  const view = new ObjectView(objects)
  const cache = new SnapshotCache('golden')
  const state = new GatewayState({ cache, clock: new ManualClock(), config })
  const external = config.externalCertSecret
  const externalSecret = external && view.secret(external.namespace, external.name)
  const internalSecret = view.secret(systemNamespace, config.clusterCertSecret)
  state.setSingleCertificates({
    external: externalSecret && keyPairOf(externalSecret),
    internal: internalSecret && keyPairOf(internalSecret),
  })
  const notes: string[] = []
  const gateway = new IngressGateway({
    state,
    view,
    systemNamespace,
    dependencies: new Dependencies(),
    redirectsDisabled: false,
    settings: () => ({
      config,
      systemInternalTLS: parseNetworkConfig(data('config-network')).systemInternalTLS,
    }),
    onSkippedCertificate: (source, problem) => notes.push(`${source} ${problem}`),
  })
  for (const ingress of objects.filter(({ kind }) => kind === 'Ingress') as Ingress[]) {
    setIngressDefaults(ingress)
    try {
      gateway.serve(ingress)
    } catch (error) {
      notes.push(`${keyOf(ingress)}: ${(error as Error).message}`)
    }
  }
  state.publishAll()
  return { ...(notes.length > 0 ? { notes } : {}), ...readableSnapshot(cache) }
}

describe('snapshots', () => {
  test.each(names)('%s', (name) => {
    const input = readFileSync(new URL(`${name}.in.yaml`, folder), 'utf8')
    const objects = parseAllDocuments(input).map((document) => document.toJS() as KubeObject)
    const output = stringify(translate(objects), { lineWidth: 0, aliasDuplicateObjects: false })
    const golden = new URL(`${name}.out.yaml`, folder)
    if (process.env['UPDATE_GOLDEN']) writeFileSync(golden, output)
    expect(output).toBe(readFileSync(golden, 'utf8'))
  })
})
