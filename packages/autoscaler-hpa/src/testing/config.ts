import { type AutoscalerConfig, parseAutoscalerConfig } from '@knative-ts/config'

/** The shipped `config-autoscaler` with some keys changed. */
export const hpaConfig = (data: Record<string, string> = {}): AutoscalerConfig => parseAutoscalerConfig(data)
