import { expect, test } from '@jest/globals'
import { listenAddressFrom } from '@knative-ts/observability'
import { readEnv } from './env.ts'

const minimal = { SYSTEM_NAMESPACE: 'knative-serving' }

test('all but the namespace has a default', () => {
  expect(readEnv(minimal, [])).toEqual({
    systemNamespace: 'knative-serving',
    podName: '',
    listenAddress: listenAddressFrom({}),
    probesPort: 8080,
    profilingPort: 8008,
    workers: 2,
    electsLeaders: true,
  })
})

test('what is given is taken', () => {
  const env = {
    ...minimal,
    HOSTNAME: 'autoscaler-hpa-1',
    LISTEN_ADDRESS: '127.0.0.9',
    PROFILING_PORT: '9008',
    K_THREADS_PER_CONTROLLER: '8',
  }
  expect(readEnv(env, ['-disable-ha'])).toMatchObject({
    podName: 'autoscaler-hpa-1',
    listenAddress: '127.0.0.9',
    profilingPort: 9008,
    workers: 8,
    electsLeaders: false,
  })
  expect(readEnv({ ...env, POD_NAME: 'a' }, ['--disable-ha=false'])).toMatchObject({
    podName: 'a',
    electsLeaders: true,
  })
})

test.each([
  [{}, 'SYSTEM_NAMESPACE is not set; set it to the namespace of the system, normally knative-serving'],
  [{ ...minimal, PROFILING_PORT: 'x' }, 'PROFILING_PORT is "x"; it must be a whole number above 0'],
])('%j is refused', (env, message) => {
  expect(() => readEnv(env, [])).toThrow(expect.objectContaining({ code: 'HPA_ENV_INVALID', message }))
})
