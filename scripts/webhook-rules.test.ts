import { expect, test } from '@jest/globals'
import { webhookRegistrations } from '../packages/webhook/src/configurations/registrations.ts'
import { type Manifest, objectsIn } from './helm.ts'
import { filesMatching } from './workspace.ts'

interface Configuration extends Manifest {
  readonly webhooks: readonly { readonly name: string; readonly rules?: unknown }[]
}

const configurations = filesMatching('deploy/knative-ts.yaml').flatMap(({ text }) =>
  text
    .split(/^---\n/m)
    .filter((document) => /^kind: .*WebhookConfiguration$/m.test(document))
    .flatMap((document) => objectsIn(document) as Configuration[]),
)

test('the manifests have each webhook configuration', () => {
  expect(configurations.map(({ metadata }) => metadata.name).sort()).toEqual(
    Object.values(webhookRegistrations)
      .map(({ name }) => name)
      .sort(),
  )
})

// Else applying them again would open a gap, until the webhook has noticed.
test.each(
  Object.values(webhookRegistrations).map((registration) => [registration.name, registration] as const),
)('%s: the manifests have the rules that the webhook sets, or leave them to it', (name, { rules }) => {
  const [webhook] = configurations.find(({ metadata }) => metadata.name === name)?.webhooks ?? []
  expect(webhook?.rules).toEqual(name === 'config.webhook.serving.knative.dev' ? undefined : rules)
})
