/**
 * Every metric this project exports, in the Prometheus form of its OpenTelemetry name (dots to underscores,
 * unit suffix, `_total` on counters).
 */
export const metricNames = {
  activator: {
    requestConcurrency: 'kn_revision_request_concurrency',
    requestQueued: 'kn_revision_request_queued',
    requestActive: 'kn_revision_request_active',
    coldStartDuration: 'kn_revision_cold_start_duration_seconds',
    statsConnectionReachable: 'kn_activator_stats_conn_reachable',
    statsConnectionErrors: 'kn_activator_stats_conn_errors_total',
  },
  autoscaler: {
    podsDesired: 'kn_revision_pods_desired',
    excessCapacity: 'kn_revision_capacity_excess',
    panicMode: 'kn_revision_panic_mode',
    concurrencyStable: 'kn_revision_concurrency_stable',
    concurrencyPanic: 'kn_revision_concurrency_panic',
    concurrencyTarget: 'kn_revision_concurrency_target',
    rpsStable: 'kn_revision_rps_stable_per_second',
    rpsPanic: 'kn_revision_rps_panic_per_second',
    rpsTarget: 'kn_revision_rps_target_per_second',
    podsRequested: 'kn_revision_pods_requested',
    podsCount: 'kn_revision_pods_count',
    podsNotReady: 'kn_revision_pods_not_ready_count',
    podsPending: 'kn_revision_pods_pending_count',
    podsTerminating: 'kn_revision_pods_terminating_count',
    scrapeDuration: 'kn_autoscaler_scrape_duration_seconds',
  },
  queueProxy: {
    invocationDuration: 'kn_serving_invocation_duration_seconds',
    queueDepth: 'kn_serving_queue_depth',
  },
  webhook: {
    handlerDuration: 'kn_webhook_handler_duration_seconds',
  },
  xds: {
    streams: 'kn_xds_streams',
    pushes: 'kn_xds_pushes_total',
    refusals: 'kn_xds_refusals_total',
  },
  workqueue: {
    depth: 'kn_workqueue_depth',
    adds: 'kn_workqueue_adds_total',
    retries: 'kn_workqueue_retries_total',
    queueDuration: 'kn_workqueue_queue_duration_seconds',
    processDuration: 'kn_workqueue_process_duration_seconds',
    unfinishedWork: 'kn_workqueue_unfinished_work_seconds',
    longestRunningProcessor: 'kn_workqueue_longest_running_processor_seconds',
  },
  server: {
    requestDuration: 'http_server_request_duration_seconds',
    requestBodySize: 'http_server_request_body_size_bytes',
    responseBodySize: 'http_server_response_body_size_bytes',
  },
} as const
