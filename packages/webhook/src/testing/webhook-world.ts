import {
  configMaps,
  mutatingWebhookConfigurations,
  namespaces,
  secrets,
  validatingWebhookConfigurations,
} from '@knative-ts/apis'
import type { ManualClock } from '@knative-ts/clock/testing'
import { serverTlsSettings } from '@knative-ts/http-proxy'
import type { FakeKubeClient } from '@knative-ts/kube/testing'
import { type LevelSwitch, silentLogger } from '@knative-ts/observability'
import { webhookRegistrations } from '../configurations/registrations.ts'
import { webhookEnvironment } from '../environment.ts'
import { Webhook } from '../webhook.ts'

export const systemNamespace = 'knative-serving'
export const secretName = 'webhook-certs'
export const serverName = 'webhook.knative-serving.svc'

/** Puts in place what the manifests install before the webhook starts. */
export function seedInstallation(client: FakeKubeClient): void {
  client.seed(namespaces, { metadata: { name: systemNamespace, uid: 'namespace-uid' } })
  client.seed(secrets, { metadata: { name: secretName, namespace: systemNamespace } })
  for (const name of ['config-defaults', 'config-features', 'config-autoscaler']) {
    client.seed(configMaps, { metadata: { name, namespace: systemNamespace } })
  }
  for (const { type, name } of Object.values(webhookRegistrations)) {
    const kind =
      type.kind === mutatingWebhookConfigurations.kind
        ? mutatingWebhookConfigurations
        : validatingWebhookConfigurations
    client.seed(kind, {
      metadata: { name },
      webhooks: [
        {
          name,
          admissionReviewVersions: ['v1', 'v1beta1'],
          clientConfig: { service: { name: 'webhook', namespace: systemNamespace } },
          failurePolicy: 'Fail',
          sideEffects: 'None',
          timeoutSeconds: 10,
        },
      ],
    })
  }
}

/** The whole service on free ports of 127.0.0.1. */
export function testWebhook(client: FakeKubeClient, clock: ManualClock, level: LevelSwitch): Webhook {
  const environment = webhookEnvironment({
    WEBHOOK_NAME: 'webhook',
    SYSTEM_NAMESPACE: systemNamespace,
    LISTEN_ADDRESS: '127.0.0.1',
  })
  return new Webhook({
    client,
    clock,
    logger: silentLogger,
    level,
    environment: { ...environment, port: 0, metricsPort: 0, profilingPort: 0 },
    processEnv: {},
    tls: serverTlsSettings('WEBHOOK_', {}),
    clusterDomain: 'cluster.local',
  })
}
