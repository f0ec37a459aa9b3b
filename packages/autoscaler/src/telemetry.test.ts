import { expect, test } from '@jest/globals'
import { Registry } from 'prom-client'
import { Decider } from './scaling/decider.ts'
import { deciderSpec } from './scaling/decider-spec.ts'
import { prometheusTelemetry } from './telemetry.ts'
import { autoscalerConfig, podAutoscaler, revisionKey } from './testing/objects.ts'

const series =
  '{otel_scope_name="knative.dev/serving/pkg/autoscaler",k8s_namespace_name="default",kn_service_name="hello",kn_configuration_name="hello",kn_revision_name="hello-00001"}'

test('decisions, scales and scrapes show, and vanish with the revision', async () => {
  const registry = new Registry()
  const telemetry = await prometheusTelemetry(registry)
  const decider = new Decider(deciderSpec(podAutoscaler(), autoscalerConfig()), 1, 0)
  const averages = { stable: 150, panic: 160 }
  decider.evaluate(1, averages, 0)
  telemetry.scraped(revisionKey, 0.2)
  telemetry.decided(revisionKey, decider, averages)
  telemetry.scaled(podAutoscaler(), 3, { ready: 1, notReady: 2, pending: 1, terminating: 1 })
  telemetry.scaled(podAutoscaler(), -1, { ready: 1, notReady: 2, pending: 1, terminating: 1 })
  telemetry.scraped(revisionKey, 0.2)
  const lines = (await registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('kn_') && line.includes(series))
  expect(lines.map((line) => line.replace(series, ''))).toEqual([
    'kn_revision_pods_desired 3',
    'kn_revision_capacity_excess -271',
    'kn_revision_panic_mode 1',
    'kn_revision_concurrency_stable 150',
    'kn_revision_concurrency_panic 160',
    'kn_revision_concurrency_target 70',
    'kn_revision_pods_requested 3',
    'kn_revision_pods_count 1',
    'kn_revision_pods_not_ready_count 2',
    'kn_revision_pods_pending_count 1',
    'kn_revision_pods_terminating_count 1',
  ])
  expect(await registry.metrics()).toContain(
    'kn_autoscaler_scrape_duration_seconds_count{otel_scope_name="knative.dev/serving/pkg/autoscaler",k8s_namespace_name="default",kn_service_name="hello",kn_configuration_name="hello"} 1',
  )
  telemetry.forget(revisionKey)
  expect(await registry.metrics()).not.toContain(series)
})
