import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import {
  type LoggingConfig,
  type ObservabilityConfig,
  parseLoggingConfig,
  parseObservabilityConfig,
} from '@knative-ts/config'
import { type LevelSwitch, silentLogger } from '@knative-ts/observability'
import { Observation, type ObservationConfigs } from './observation.ts'

class ManualConfigs implements ObservationConfigs {
  logging: LoggingConfig = parseLoggingConfig({})
  observability: ObservabilityConfig = parseObservabilityConfig({})
  readonly #listeners = new Set<(changed: string) => void>()

  snapshot() {
    return { logging: this.logging, observability: this.observability }
  }

  onChange(listener: (changed: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  change(logging: Record<string, string>, observability: Record<string, string>): void {
    this.logging = parseLoggingConfig(logging)
    this.observability = parseObservabilityConfig(observability)
    for (const listener of this.#listeners) listener('logging')
  }
}

function setup() {
  const configs = new ManualConfigs()
  const level: LevelSwitch = { level: 'info' }
  const observation = new Observation({
    configs,
    level,
    logger: silentLogger,
    clock: new ManualClock(),
    write: () => {},
  })
  return { configs, level, observation }
}

test('the log level follows config-logging', () => {
  const { configs, level } = setup()
  const zap = (text: string) => ({ 'zap-logger-config': text })
  configs.change({ ...zap('{"level":"error"}'), 'loglevel.activator': 'debug' }, {})
  expect(level.level).toBe('debug')
  configs.change(zap('{"level":"error"}'), {})
  expect(level.level).toBe('error')
  configs.change(zap('no JSON'), {})
  expect(level.level).toBe('error')
  configs.change({}, {})
  expect(level.level).toBe('info')
})

test('the request log follows config-observability', () => {
  const { configs, observation } = setup()
  expect(observation.observers).toHaveLength(0)
  configs.change({}, { 'logging.enable-request-log': 'true' })
  expect(observation.observers).toHaveLength(1)
  configs.change({}, {})
  expect(observation.observers).toHaveLength(0)
})

test('a new template is used for the requests that come after it', () => {
  const { configs, observation } = setup()
  const template = { 'logging.enable-request-log': 'true', 'logging.request-log-template': 'one' }
  configs.change({}, template)
  const [one] = observation.observers
  configs.change({}, { ...template, 'logging.request-log-template': 'two' })
  expect(observation.observers).toHaveLength(1)
  expect(observation.observers[0]).not.toBe(one)
})

test('there are no metrics unless asked for', async () => {
  const { observation } = setup()
  await observation.serveMetrics(() => [], '127.0.0.1', {})
  expect(observation.metrics).toBeUndefined()
})

test('metrics are served when asked for', async () => {
  const { configs, observation } = setup()
  configs.change({}, { 'metrics-protocol': 'prometheus' })
  await observation.serveMetrics(() => [], '127.0.7.63', {})
  observation.metrics!.onStatsConnection(true)
  const text = await (await fetch('http://127.0.7.63:9090/metrics')).text()
  expect(text).toContain('kn_activator_stats_conn_reachable{peer="autoscaler"} 1')
  expect(observation.observers).toHaveLength(1)
  await observation.close()
})
