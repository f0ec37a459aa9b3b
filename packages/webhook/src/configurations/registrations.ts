import {
  type KubeObject,
  mutatingWebhookConfigurations,
  type ResourceType,
  validatingWebhookConfigurations,
} from '@knative-ts/apis'
import { admittedTypes } from '../admission/kinds.ts'
import { configMapRules, resourceRules } from './rules.ts'
import type { WebhookConfiguration, WebhookRegistration } from './webhook-configuration-reconciler.ts'

/** Paths at which the API server calls. */
export const webhookPaths = {
  defaulting: '/defaulting',
  resourceValidation: '/resource-validation',
  configValidation: '/config-validation',
} as const

const either = <T extends KubeObject & WebhookConfiguration>(
  type: ResourceType<T>,
): ResourceType<WebhookConfiguration> => type as ResourceType<WebhookConfiguration>

/** The three webhook configurations that this process looks after, by the name of their queue. */
export const webhookRegistrations: Readonly<Record<string, WebhookRegistration>> = {
  defaultingwebhook: {
    type: either(mutatingWebhookConfigurations),
    name: 'webhook.serving.knative.dev',
    path: webhookPaths.defaulting,
    rules: resourceRules(admittedTypes, ['CREATE', 'UPDATE']),
    namespacesMayOptOut: true,
    reinvocationPolicy: 'IfNeeded',
  },
  validationwebhook: {
    type: either(validatingWebhookConfigurations),
    name: 'validation.webhook.serving.knative.dev',
    path: webhookPaths.resourceValidation,
    rules: resourceRules(admittedTypes, ['CREATE', 'UPDATE', 'DELETE']),
    namespacesMayOptOut: true,
  },
  configmapwebhook: {
    type: either(validatingWebhookConfigurations),
    name: 'config.webhook.serving.knative.dev',
    path: webhookPaths.configValidation,
    rules: configMapRules,
    namespacesMayOptOut: false,
  },
}
