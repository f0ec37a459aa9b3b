import type { Variables } from '../environment.ts'

/** The environment of a pod as the controller sets it, with `changes`. */
export function testVariables(changes: Variables = {}): Variables {
  return {
    CONTAINER_CONCURRENCY: '0',
    QUEUE_SERVING_PORT: '8012',
    QUEUE_SERVING_TLS_PORT: '8112',
    USER_PORT: '8080',
    REVISION_TIMEOUT_SECONDS: '300',
    REVISION_RESPONSE_START_TIMEOUT_SECONDS: '0',
    REVISION_IDLE_TIMEOUT_SECONDS: '0',
    SERVING_READINESS_PROBE: '{"tcpSocket":{"port":8080,"host":"127.0.0.1"},"successThreshold":1}',
    ENABLE_MULTI_CONTAINER_PROBES: 'false',
    SERVING_NAMESPACE: 'default',
    SERVING_SERVICE: 'hello',
    SERVING_CONFIGURATION: 'hello',
    SERVING_REVISION: 'hello-00001',
    SERVING_POD: 'hello-00001-deployment-abc',
    SERVING_POD_IP: '10.0.0.7',
    SERVING_LOGGING_CONFIG: '',
    SERVING_LOGGING_LEVEL: '',
    OBSERVABILITY_CONFIG: '',
    LISTEN_ADDRESS: '127.0.0.1',
    ...changes,
  }
}
