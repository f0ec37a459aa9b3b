import { afterAll, beforeAll, test } from '@jest/globals'
import { namespaces } from '@knative-ts/apis'
import { HttpKubeClient, type KubeClient, loadKubeConnection } from '@knative-ts/kube'
import { type Capabilities, type Capability, capabilityNames, detectCapabilities } from './capabilities.ts'
import { Gateway } from './gateway.ts'
import { imageOf, readSettings, runLabel } from './settings.ts'
import { Workspace } from './workspace.ts'

/** What a file of tests works with. */
export interface Suite {
  readonly client: KubeClient
  readonly gateway: Gateway
  readonly capabilities: Capabilities
  /** A namespace of this file's own; exists while its tests run. */
  readonly workspace: Workspace
  /** `test`, where the cluster can do this; elsewhere the test is reported as not applicable. */
  needs(...capabilities: Capability[]): (name: string, body: () => Promise<void>, timeoutMs?: number) => void
  /** Makes a further namespace that lives as long. */
  anotherWorkspace(): Promise<Workspace>
}

/**
 * Connects a file of tests to the cluster under test; call it once, at the top. Everything that the tests
 * make in its namespaces is removed after them.
 */
export async function connectSuite(): Promise<Suite> {
  const settings = readSettings(process.env)
  const client = new HttpKubeClient(loadKubeConnection(process.env), 'e2e')
  const gateway = new Gateway(settings.gateway)
  const capabilities = await detectCapabilities(client)
  const made: string[] = []

  async function makeNamespace(): Promise<string> {
    const { metadata } = await client.create(namespaces, {
      metadata: { generateName: 'e2e-', labels: { [runLabel]: settings.run } },
    })
    const name = metadata.name ?? ''
    made.push(name)
    return name
  }

  const workspace = new Workspace({ client, gateway, image: (name) => imageOf(settings, name) })
  beforeAll(async () => {
    workspace.namespace = await makeNamespace()
  })
  afterAll(async () => {
    await Promise.all(made.map((name) => client.delete(namespaces, '', name)))
    await gateway.close()
    await client.close()
  })

  return {
    client,
    gateway,
    capabilities,
    workspace,
    needs:
      (...needed) =>
      (name, body, timeoutMs) => {
        const missing = needed.filter((capability) => !capabilities[capability])
        if (missing.length === 0) test(name, body, timeoutMs)
        else test.skip(`${name} [not applicable: needs ${missing.map(inWords).join(', ')}]`, body)
      },
    anotherWorkspace: async () => {
      const another = new Workspace({ client, gateway, image: (name) => imageOf(settings, name) })
      another.namespace = await makeNamespace()
      return another
    },
  }
}

const inWords = (capability: Capability) => capabilityNames[capability]
