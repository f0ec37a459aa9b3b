import { expect, test } from '@jest/globals'
import { listenAddressFrom } from '@knative-ts/observability'
import { readEnv } from './env.ts'

const complete = { POD_NAME: 'autoscaler-1', POD_IP: '10.0.0.1', SYSTEM_NAMESPACE: 'knative-serving' }

test('the environment is read with its defaults', () => {
  expect(readEnv(complete)).toEqual({
    podName: 'autoscaler-1',
    podIp: '10.0.0.1',
    systemNamespace: 'knative-serving',
    listenAddress: listenAddressFrom({}),
    profilingPort: 8008,
  })
  expect(readEnv({ ...complete, LISTEN_ADDRESS: '127.0.0.5', PROFILING_PORT: '9008' })).toMatchObject({
    listenAddress: '127.0.0.5',
    profilingPort: 9008,
  })
})

test.each(Object.keys(complete))('%s is required', (name) => {
  expect(() => readEnv({ ...complete, [name]: '' })).toThrow(`environment variable ${name} is not set`)
})
