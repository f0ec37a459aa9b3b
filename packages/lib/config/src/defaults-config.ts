import { maxInt32, type ObjectMeta } from '@knative-ts/apis'
import { ConfigValues } from './config-values.ts'
import { ConfigValueError } from './errors.ts'
import { compileGoTemplate } from './go-template/compile.ts'
import type { DefaultsConfig, TemplateData } from './types.ts'

/** Parses `config-defaults`. @throws ConfigValueError or GoTemplateError for the first fault */
export function parseDefaultsConfig(data: Readonly<Record<string, string>>): DefaultsConfig {
  const values = new ConfigValues(data)
  const containerNameText = values.text('container-name-template', 'user-container')
  const initContainerNameText = values.text('init-container-name-template', 'init-container')
  const allowContainerConcurrencyZero = values.bool('allow-container-concurrency-zero', true)
  const enableServiceLinks = values.parsed('enable-service-links', false, triState)
  const revisionTimeoutSeconds = values.int64('revision-timeout-seconds', 300)
  const maxRevisionTimeoutSeconds = values.int64('max-revision-timeout-seconds', 600)
  const revisionResponseStartTimeoutSeconds = values.int64(
    'revision-response-start-timeout-seconds',
    revisionTimeoutSeconds,
  )
  const revisionIdleTimeoutSeconds = values.int64('revision-idle-timeout-seconds', 0)
  const containerConcurrency = values.int64('container-concurrency', 0)
  const containerConcurrencyMaxLimit = values.int64('container-concurrency-max-limit', 1000)
  const revisionRequests = values.quantities((resource) => `revision-${resource}-request`)
  const revisionLimits = values.quantities((resource) => `revision-${resource}-limit`)

  atMost(
    'revision-timeout-seconds',
    revisionTimeoutSeconds,
    'max-revision-timeout-seconds',
    maxRevisionTimeoutSeconds,
  )
  for (const [key, seconds] of [
    ['revision-response-start-timeout-seconds', revisionResponseStartTimeoutSeconds],
    ['revision-idle-timeout-seconds', revisionIdleTimeoutSeconds],
  ] as const) {
    if (seconds > 0) atMost(key, seconds, 'revision-timeout-seconds', revisionTimeoutSeconds)
  }
  within(
    'container-concurrency-max-limit',
    containerConcurrencyMaxLimit,
    1,
    maxInt32,
    containerConcurrencyMaxLimit >= 1,
  )
  within(
    'container-concurrency',
    containerConcurrency,
    0,
    containerConcurrencyMaxLimit,
    containerConcurrency >= 0 && containerConcurrency <= containerConcurrencyMaxLimit,
  )
  return {
    revisionTimeoutSeconds,
    maxRevisionTimeoutSeconds,
    revisionResponseStartTimeoutSeconds,
    revisionIdleTimeoutSeconds,
    revisionRequests,
    revisionLimits,
    containerConcurrency,
    containerConcurrencyMaxLimit,
    allowContainerConcurrencyZero,
    enableServiceLinks,
    containerName: nameTemplate(containerNameText),
    initContainerName: nameTemplate(initContainerNameText),
  }
}

/**
 * Metadata as templates address it, by Go's field names. Every field is present, so that a template that
 * names one which metadata does not have fails.
 */
export function objectMetaData(meta: ObjectMeta): TemplateData {
  return {
    Name: meta.name ?? '',
    GenerateName: meta.generateName ?? '',
    Namespace: meta.namespace ?? '',
    UID: meta.uid ?? '',
    ResourceVersion: meta.resourceVersion ?? '',
    Generation: meta.generation ?? 0,
    Labels: new Map(Object.entries(meta.labels ?? {})),
    Annotations: new Map(Object.entries(meta.annotations ?? {})),
    Finalizers: meta.finalizers ?? [],
  }
}

function nameTemplate(text: string): (meta: ObjectMeta) => string {
  const render = compileGoTemplate(text)
  try {
    render(objectMetaData({}))
  } catch (error) {
    throw new ConfigValueError(
      `error executing template: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  return (meta) => render(objectMetaData(meta))
}

function triState(text: string): boolean | undefined {
  const lower = text.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : undefined
}

function atMost(key: string, value: number, limitKey: string, limit: number): void {
  if (value > limit) {
    throw new ConfigValueError(`${key} (${value}) cannot be greater than ${limitKey} (${limit})`)
  }
}

function within(key: string, value: number, low: number, high: number, holds: boolean): void {
  if (!holds) throw new ConfigValueError(`expected ${low} <= ${value} <= ${high}: ${key}`)
}
