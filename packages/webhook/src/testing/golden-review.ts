import { parseAutoscalerConfig, parseDefaultsConfig, parseFeaturesConfig } from '@knative-ts/config'
import type { JsonPatchOperation } from '@knative-ts/kube'
import { DefaultingController } from '../admission/defaulting.ts'
import { DryRun } from '../admission/dry-run.ts'
import { ResourceValidationController } from '../admission/resource-validation.ts'
import { type AdmissionRequest, answer } from '../admission/review.ts'
import { applyPatch } from './apply-patch.ts'

/** A recorded case: data of ConfigMaps and one admission request. */
export interface GoldenInput {
  config?: {
    defaults?: Record<string, string>
    features?: Record<string, string>
    autoscaler?: Record<string, string>
  }
  request: AdmissionRequest
}

/** What both webhooks say about it, as the API server calls them: validation sees the patched object. */
export async function goldenOutput({ config = {}, request }: GoldenInput): Promise<unknown> {
  const settings = {
    defaults: parseDefaultsConfig(config.defaults ?? {}),
    features: parseFeaturesConfig(config.features ?? {}),
    autoscaler: parseAutoscalerConfig(config.autoscaler ?? {}),
  }
  const unreachable = { create: () => Promise.reject(new Error('no API server in golden tests')) }
  const defaulting = await answer({ request }, new DefaultingController(() => settings))
  const { patch: encoded, ...rest } = defaulting.response
  const patch =
    encoded === undefined
      ? []
      : (JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as JsonPatchOperation[])
  const validation = await answer(
    { request: { ...request, object: applyPatch(request.object, patch) } },
    new ResourceValidationController({
      settings: () => settings,
      clusterDomain: 'cluster.local',
      dryRun: new DryRun(unreachable),
    }),
  )
  return { defaulting: { ...rest, patch }, validation: validation.response }
}
