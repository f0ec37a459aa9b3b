import { expect, test } from '@jest/globals'
import { prometheusMetrics } from './handler-metrics.ts'

test('requests are counted by kind, operation and outcome', async () => {
  const metrics = await prometheusMetrics()
  const kind = { group: 'serving.knative.dev', version: 'v1', kind: 'Service' }
  metrics.observe('validation', { uid: 'u', kind, operation: 'CREATE', subResource: 'status' }, false, 0.02)
  const text = await metrics.registry.metrics()
  const labels =
    'kn_webhook_type="validation",kn_webhook_resource_group="serving.knative.dev",kn_webhook_resource_version="v1",kn_webhook_resource_kind="Service",kn_webhook_subresource="status",kn_webhook_operation_type="CREATE",kn_webhook_operation_status="failed"'
  expect(text).toContain(`kn_webhook_handler_duration_seconds_bucket{le="0.01",${labels}} 0`)
  expect(text).toContain(`kn_webhook_handler_duration_seconds_bucket{le="0.025",${labels}} 1`)
  expect(text).toContain(`kn_webhook_handler_duration_seconds_count{${labels}} 1`)
})
